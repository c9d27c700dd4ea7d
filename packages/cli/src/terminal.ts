import type { Runtime } from '@oauth-concierge/core'

/** What surrounds a command. */
export interface Terminal {
  /** Results. */
  readonly write: (text: string) => void
  /** Whatever is said to a person beside the result, and errors. */
  readonly writeError: (text: string) => void
  /** All that comes on standard input. */
  readonly readInput: () => Promise<string>
  /** Whether a person sits at standard input. */
  readonly isInteractive: boolean
  /** Whether results, and errors, go where colours can be seen. */
  readonly colours: { readonly output: boolean; readonly errors: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
  readonly runtime?: Partial<Runtime>
}

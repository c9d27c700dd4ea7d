/** What the page asks of the app around it. `id` is a secret between the two: who cannot see the request cannot answer it. */
export type BridgeRequest =
  | { readonly id: string; readonly ask: 'authorize'; readonly url: string }
  | {
      readonly id: string
      readonly ask: 'endSession'
      readonly endpoint: string
      readonly parameters: Readonly<Record<string, string>>
    }

/** What the app answers: the parameters of the authorization response, nothing (after a logout), or the code of an error. */
export interface BridgeReply {
  readonly id: string
  readonly parameters?: readonly (readonly [string, string])[]
  readonly error?: { readonly code: string; readonly message: string }
}

const name = 'concierge-bridge'

/** Bridges carry texts. */
export function writeBridge(message: BridgeRequest | BridgeReply): string {
  return JSON.stringify({ [name]: message })
}

/** The message in a text; undefined for any text that is not ours. */
export function readBridge(
  text: unknown,
): { readonly id: string; readonly [member: string]: unknown } | undefined {
  try {
    const message = (
      JSON.parse(String(text)) as Record<string, { readonly id: string } | undefined> | null
    )?.[name]
    return typeof message?.id === 'string' ? message : undefined
  } catch {
    return undefined
  }
}

import type { ReferenceServer } from '@oauth-concierge/reference-server'
import { createManualClock } from '@oauth-concierge/core/testing'
import { runCli } from './run-cli.ts'
import type { Terminal } from './terminal.ts'

/** What a command did. */
export interface Outcome {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Where a command runs. */
export interface Surroundings extends Partial<Omit<Terminal, 'readInput'>> {
  readonly input?: string
  /** Whoever is asked over the network. Default: nobody answers. */
  readonly server?: ReferenceServer
}

/** What the clock of the tests shows. */
export const now = 1_800_000_000

/** Runs a command with a clock that stands still, and no network but the given server. */
export async function run(
  argv: readonly string[],
  { input = '', server, ...rest }: Surroundings = {},
): Promise<Outcome> {
  const said = { output: '', errors: '' }
  const http = async (url: string, init: RequestInit): Promise<Response> => {
    if (!server) throw new TypeError('fetch failed')
    return server.fetch(new Request(url, init))
  }
  const code = await runCli(argv, {
    write: (text) => void (said.output += text),
    writeError: (text) => void (said.errors += text),
    readInput: async () => input,
    isInteractive: false,
    colours: { output: false, errors: false },
    env: {},
    interrupted: new AbortController().signal,
    runtime: { clock: createManualClock(now), http },
    ...rest,
  })
  return { code, ...said }
}

/** A JWT that nobody signed. */
export function unsigned(header: object, claims: object, signature = 'c2ln'): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part(claims)}.${signature}`
}

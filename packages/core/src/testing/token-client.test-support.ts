import type { Clock, Milliseconds } from '../ports/clock.ts'
import type { TokenClient } from '../protocol/token-client.ts'
import { createTokenClient, type TokenClientOptions } from '../relying-party/create-token-client.ts'
import { json, type Script } from './scripted-http.ts'
import { issuer, type ScriptedServer } from './scripted-server.test-support.ts'

/** A client of `server` for the grants without a redirect. */
export function scriptedTokenClient(
  server: ScriptedServer,
  { runtime, ...options }: Partial<TokenClientOptions> = {},
): TokenClient {
  return createTokenClient({
    issuer,
    clientId: 'spa',
    ...options,
    runtime: { ...server.runtime, ...runtime },
  })
}

/** The form fields of the last token request. */
export function lastTokenRequest(server: ScriptedServer): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(server.tokenRequests().at(-1)?.body))
}

/** Lets the time of `server` pass wherever somebody waits for it without a signal, and notes for how long. */
export function createHastyClock(server: ScriptedServer): { clock: Clock; pauses: Milliseconds[] } {
  const pauses: Milliseconds[] = []
  const clock: Clock = {
    ...server.clock,
    sleep: (duration, signal) => {
      if (signal) return server.clock.sleep(duration, signal)
      pauses.push(duration)
      return server.clock.advance(duration / 1000)
    },
  }
  return { clock, pauses }
}

/** Answers the token endpoint of `server` with each of these in turn, and after them as it usually does. */
export function answerInTurn(server: ScriptedServer, answers: readonly Script[]): void {
  const left = [...answers]
  const usual = server.on(`${issuer}/token`, (request) => {
    const script = left.shift() ?? usual
    if (!script) throw new TypeError('fetch failed')
    return script(request)
  })
}

/** A refusal of the token endpoint. */
export function refusal(error: string, init?: ResponseInit): Script {
  return () => json({ error }, { status: 400, ...init })
}

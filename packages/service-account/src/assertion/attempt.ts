import { ProtocolError, ServerError, type TokenResponse, TransportError } from '@oauth-concierge/core'
import type { ServerTime } from '../machine/server-clock.ts'

/** Ways to prove an account, of which another may serve where one is refused. */
export interface Proofs<Proof> {
  /** The best one at hand. */
  first(): Promise<Proof>
  /** One that was not among those tried; looks for new ones once. `undefined` where there is none. */
  other(tried: readonly Proof[]): Promise<Proof | undefined>
  /** What an error may say of the proof. */
  keyIdOf(proof: Proof): string | undefined
}

const mayBeTheClock: readonly unknown[] = [
  'invalid_grant',
  'invalid_client',
  'invalid_request',
  'unauthorized',
]
const mayBeTheKey: readonly unknown[] = ['invalid_grant', 'invalid_client', 'unauthorized']

/**
 * Asks for a token, again only where that can help: once where the connection broke or the server was down, once dated by the server's clock
 * where this machine's is wrong, and once with each other key. Each attempt makes its proof anew.
 * @throws ServerError `assertion_refused`, and any other refusal as it is; ProtocolError `clock_skew`; TransportError
 */
export async function attemptWithProofs<Proof>(
  proofs: Proofs<Proof>,
  serverTime: Pick<ServerTime, 'learn' | 'offset'>,
  send: (proof: Proof) => Promise<TokenResponse>,
): Promise<TokenResponse> {
  const tried: Proof[] = []
  let isCorrected = false
  let isResent = false
  for (let proof = await proofs.first(); ;) {
    try {
      return await send(proof)
    } catch (error) {
      if (isPassing(error) && !isResent) {
        isResent = true
        continue
      }
      if (!(error instanceof ServerError)) throw error
      if (!isCorrected && mayBeTheClock.includes(error.error) && serverTime.learn()) {
        isCorrected = true
        continue
      }
      tried.push(proof)
      const other = mayBeTheKey.includes(error.error) ? await proofs.other(tried) : undefined
      if (other === undefined)
        throw refusal(error, proofs.keyIdOf(proof), isCorrected ? serverTime : undefined)
      proof = other
    }
  }
}

/** A connection that was kept too long, or a server that restarts. One that says when to come back is not asked before. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof TransportError) || error.retryAfter !== undefined) return false
  return error.code === 'network_failed' || error.code === 'server_unavailable'
}

function refusal(
  error: ServerError,
  keyId: string | undefined,
  corrected: Pick<ServerTime, 'offset'> | undefined,
): Error {
  const said = error.errorDescription ? `${error.error} (${error.errorDescription})` : error.error
  if (corrected) {
    const offset = corrected.offset()
    return new ProtocolError(
      'clock_skew',
      `The server refuses the assertion (${said}). Its clock is ${Math.abs(offset)} s ${offset < 0 ? 'behind' : 'ahead of'} this machine's; dated by its own clock, the assertion was refused again.`,
      { offset, error: error.error ?? '' },
    )
  }
  if (!mayBeTheKey.includes(error.error)) return error
  const { code: _, name: __, ...details } = { ...error }
  const named = keyId === undefined ? '' : ` It was signed with the key "${keyId}".`
  return new ServerError('assertion_refused', `The server refuses the assertion: ${said}.${named}`, {
    ...details,
    ...(keyId !== undefined && { keyId }),
  })
}

import type { Call, Endpoint } from '../context.ts'
import { nextNonceHeader } from '../dpop/dpop-proof.ts'
import { jsonAnswer } from '../http/answers.ts'
import { type Protection, schemesToOffer } from './challenges.ts'
import { checkPresentedToken, type PresentedToken } from './presented-token.ts'

/** Answers a request whose access token is good. */
export type ProtectedHandler = (call: Call, token: PresentedToken) => Promise<Response>

/**
 * The handler of a protected endpoint: `handle` runs only for a request with a good access token, bearer or
 * DPoP. Its answer carries the next DPoP nonce where there is one.
 */
export function protectedHandler(protection: Protection, handle: ProtectedHandler): Endpoint['handle'] {
  return async (call) => {
    const token = await checkPresentedToken(call, protection)
    if (!token) {
      const headers = { 'WWW-Authenticate': schemesToOffer(call, protection) }
      return jsonAnswer({}, { status: 401, headers })
    }
    const answer = await handle(call, token)
    for (const [name, value] of Object.entries(nextNonceHeader(call))) answer.headers.set(name, value)
    return answer
  }
}

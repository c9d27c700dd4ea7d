import type { FaultNameOf } from '../faults.ts'
import { changeAnswer, changeJson, type JsonObject, withHeaders } from './answers.ts'
import type { Exchange, FaultEffect } from './exchange.ts'
import { resignMember } from './token-changes.ts'

/** A time in seconds since 1970 as a `Date` header has it. @see RFC 9110 section 5.6.7 */
export const httpDate = (seconds: number): string => new Date(seconds * 1000).toUTCString()

const twoHours = 7200

/** Moves every time in the ID token. */
function shiftClaims(claims: Record<string, unknown>, seconds: number): void {
  for (const name of ['iat', 'exp', 'nbf', 'auth_time']) {
    const was = claims[name]
    if (typeof was === 'number') claims[name] = was + seconds
  }
}

/** A token answer as a server gives it whose clock is wrong by this much. */
function shiftAnswer(secondsOf: (exchange: Exchange) => number): FaultEffect {
  return async (exchange) => {
    const seconds = secondsOf(exchange)
    const date = { Date: httpDate(exchange.tools.now() + seconds) }
    const isTokenAnswer = ({ access_token: accessToken }: JsonObject) => accessToken !== undefined
    const shift = changeJson(
      (body) => resignMember(body, 'id_token', ({ claims }) => shiftClaims(claims, seconds), exchange),
      isTokenAnswer,
    )
    let struck = false
    const answer = await shift({ ...exchange, take: (how) => (struck = exchange.take(how)) })
    return struck ? withHeaders(answer, date) : answer
  }
}

/** Faults of the server's clock. To have the server judge what it is sent by a wrong clock, move `server.clock`. */
export const clockFaults: Readonly<Record<FaultNameOf<'clock'>, FaultEffect>> = {
  'clock.server_ahead': shiftAnswer(({ options: { seconds = twoHours } }) => seconds),
  'clock.server_behind': shiftAnswer(({ options: { seconds = twoHours } }) => -seconds),
  'clock.date_wrong': changeAnswer((answer, { options: { seconds = twoHours }, tools }) =>
    withHeaders(answer, { Date: httpDate(tools.now() + seconds) }),
  ),
}

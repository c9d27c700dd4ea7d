import type { FaultNameOf } from '../faults.ts'
import {
  changeJson,
  closedAfter,
  closedBefore,
  emptyAnswer,
  held,
  htmlAnswer,
  insteadOf,
  type JsonObject,
  oauthError,
  rateLimited,
  redirected,
  unavailable,
} from './answers.ts'
import { httpDate } from './clock-faults.ts'
import type { FaultEffect } from './exchange.ts'
import { defineMember } from './token-changes.ts'

const isTokenAnswer = ({ access_token: accessToken }: JsonObject): boolean => accessToken !== undefined

const member = (name: string, value: (was: unknown) => unknown): FaultEffect =>
  changeJson((body) => defineMember(body, name, value(body[name])), isTokenAnswer)

const withoutMember = (name: string): FaultEffect =>
  changeJson((body) => void delete body[name], isTokenAnswer)

const mixCase = (type: unknown): string => (String(type).toLowerCase() === 'dpop' ? 'dPoP' : 'bEaReR')

const assertionFromFuture = insteadOf(({ options: { seconds = 300 }, tools }) => {
  const body = { error: 'invalid_grant', error_description: 'iat is in the future: check the clock' }
  const headers = { 'Content-Type': 'application/json', Date: httpDate(tools.now() - seconds) }
  return new Response(JSON.stringify(body), { status: 400, headers })
})

const hugeAccessToken = changeJson((body, { options: { bytes = 5_000_000 } }) => {
  body['access_token'] = 'a'.repeat(bytes)
}, isTokenAnswer)

/** The first of the two is the wrong one, so that readers which keep the last notice nothing. */
const duplicateMember = changeJson(
  (body) => `{"access_token":"the-other-token",${JSON.stringify(body).slice(1)}`,
  isTokenAnswer,
)

const markup = '<img src=x onerror=alert(1)>'

/** Faults of the token answer, for any grant. */
export const tokenFaults: Readonly<Record<FaultNameOf<'token'>, FaultEffect>> = {
  'token.answer_lost_after_commit': closedAfter,
  'token.answer_lost_before_commit': closedBefore,
  'token.answer_held': held,
  'token.html_200': htmlAnswer(200),
  'token.empty_400': emptyAnswer(400),
  'token.empty_200': emptyAnswer(200),
  'token.invalid_grant': oauthError(400, { error: 'invalid_grant' }),
  'token.invalid_client': oauthError(
    401,
    { error: 'invalid_client' },
    { 'WWW-Authenticate': 'Basic realm="oauth"' },
  ),
  'token.assertion_from_future': assertionFromFuture,
  'token.server_error_500': htmlAnswer(500),
  'token.unavailable': unavailable,
  'token.rate_limited': rateLimited,
  'token.redirected': redirected,
  'token.error_as_html': oauthError(400, { error: 'invalid_request', error_description: markup }),
  'token.unknown_error_code': oauthError(403, { error: 'invalid_code' }),
  'token.expires_in_missing': withoutMember('expires_in'),
  'token.expires_in_string': member('expires_in', (was) => String(was ?? 3600)),
  'token.expires_in_negative': member('expires_in', () => -3600),
  'token.expires_in_huge': member('expires_in', () => 1e300),
  'token.type_missing': withoutMember('token_type'),
  'token.type_mixed_case': member('token_type', mixCase),
  'token.type_mac': member('token_type', () => 'mac'),
  'token.scope_shrunk': member('scope', (was) => String(was ?? 'openid').split(' ')[0]),
  'token.scope_missing': withoutMember('scope'),
  'token.duplicate_member': duplicateMember,
  'token.proto_member': member('__proto__', () => ({ isAdmin: true })),
  'token.byte_order_mark': changeJson((body) => `\uFEFF${JSON.stringify(body)}`, isTokenAnswer),
  'token.huge_access_token': hugeAccessToken,
  'token.access_token_missing': withoutMember('access_token'),
  'token.access_token_empty': member('access_token', () => ''),
}

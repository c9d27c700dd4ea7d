import type { FaultNameOf } from '../faults.ts'
import {
  changeJson,
  closedAfter,
  closedBefore,
  emptyAnswer,
  held,
  htmlAnswer,
  oauthError,
  unavailable,
} from './answers.ts'
import type { FaultEffect } from './exchange.ts'
import { copyRequest } from './read-request.ts'
import { changeIdToken } from './token-changes.ts'

/**
 * Presents the refresh token twice: a server that rotates finds it reused, and revokes the family. Where the
 * server does not rotate, the refusal is ours.
 */
const reused: FaultEffect = async (exchange) => {
  if (!exchange.take('around')) return exchange.forward()
  const { request, parameters } = exchange
  await exchange.forward(copyRequest(request, parameters))
  const answer = await exchange.forward(copyRequest(request, parameters))
  if (!answer.ok) return answer
  return new Response(JSON.stringify({ error: 'invalid_grant' }), {
    status: 400,
    headers: { 'Content-Type': 'application/json' },
  })
}

const widenScope = changeJson((body, { options }) => {
  body['scope'] = [body['scope'], options.value ?? 'admin'].filter((scope) => scope !== undefined).join(' ')
})

/** Faults of the answer to a refresh; a login is left alone. */
export const refreshFaults: Readonly<Record<FaultNameOf<'refresh'>, FaultEffect>> = {
  'refresh.reuse_revokes_family': reused,
  'refresh.answer_lost_after_commit': closedAfter,
  'refresh.answer_lost_before_commit': closedBefore,
  'refresh.answer_held': held,
  'refresh.invalid_grant': oauthError(400, { error: 'invalid_grant' }),
  'refresh.invalid_request_401': oauthError(401, {
    error: 'invalid_request',
    error_description: 'The refresh token is invalid.',
    hint: 'Token has been revoked',
  }),
  'refresh.empty_400': emptyAnswer(400),
  'refresh.server_error_500': htmlAnswer(500),
  'refresh.unavailable': unavailable,
  'refresh.no_new_refresh_token': changeJson((body) => void delete body['refresh_token']),
  'refresh.other_subject': changeIdToken(
    ({ claims }, { options }) => void (claims['sub'] = options.value ?? 'somebody-else'),
  ),
  'refresh.other_issuer': changeIdToken(
    ({ claims }, { options }) => void (claims['iss'] = options.value ?? 'https://attacker.example'),
  ),
  'refresh.other_audience': changeIdToken(
    ({ claims }, { options }) => void (claims['aud'] = options.value ?? 'another-client'),
  ),
  'refresh.older_auth_time': changeIdToken(
    ({ claims }, { options: { seconds = 3600 }, tools }) =>
      void (claims['auth_time'] = Number(claims['auth_time'] ?? tools.now()) - seconds),
  ),
  'refresh.scope_widened': widenScope,
}

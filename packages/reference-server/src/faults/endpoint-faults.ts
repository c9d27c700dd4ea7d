import type { FaultNameOf } from '../faults.ts'
import {
  changeAnswer,
  changeJson,
  emptyAnswer,
  htmlAnswer,
  oauthError,
  rateLimited,
  redirected,
  unavailable,
  withHeaders,
} from './answers.ts'
import type { FaultEffect } from './exchange.ts'

type Area = 'par' | 'introspection' | 'revocation' | 'end_session'

/** Faults of the smaller endpoints that a client calls. */
export const endpointFaults: Readonly<Record<FaultNameOf<Area>, FaultEffect>> = {
  'par.refused_400': oauthError(400, { error: 'invalid_request' }),
  'par.method_not_allowed_405': emptyAnswer(405, { Allow: 'GET' }),
  'par.too_large_413': emptyAnswer(413),
  'par.rate_limited_429': rateLimited,
  'par.request_uri_unknown': changeJson((body) => {
    body['request_uri'] = `urn:ietf:params:oauth:request_uri:${crypto.randomUUID()}`
  }),
  'par.expired_at_once': changeJson((body) => void (body['expires_in'] = 0)),

  'introspection.inactive': changeJson(() => '{"active":false}'),
  'introspection.other_audience': changeJson((body, { options }) => {
    body['aud'] = options.value ?? 'https://another-api.example'
  }),
  'introspection.always_active': changeJson(() => '{"active":true}'),
  'introspection.html_200': htmlAnswer(200),
  'introspection.server_error_500': htmlAnswer(500),

  'revocation.unknown_token_400': oauthError(400, { error: 'invalid_request' }),
  'revocation.unavailable': unavailable,
  'revocation.redirected': redirected,

  'end_session.state_changed': changeReturn((query) => query.set('state', 'state-of-somebody-else')),
  'end_session.state_removed': changeReturn((query) => query.delete('state')),
}

/** The effect of a fault that changes the redirect after a logout. */
function changeReturn(change: (query: URLSearchParams) => void): FaultEffect {
  const location = (answer: Response) => answer.headers.get('location') ?? ''
  return changeAnswer(
    (answer) => {
      const url = new URL(location(answer))
      change(url.searchParams)
      return withHeaders(answer, { Location: url.href })
    },
    (answer) => URL.canParse(location(answer)) && new URL(location(answer)).searchParams.has('state'),
  )
}

import type { FaultNameOf } from '../faults.ts'
import type { Exchange, FaultEffect } from './exchange.ts'
import { type Jwt, readJwt, signJwt, unsignedJwt } from './jwt.ts'
import { copyRequest } from './read-request.ts'

/** The effect of a fault that sends another logout token to the client. */
function rewriteLogoutToken(
  rewrite: (token: Jwt, exchange: Exchange) => string | Promise<string>,
): FaultEffect {
  return async (exchange) => {
    const { request, parameters } = exchange
    const token = readJwt(parameters.get('logout_token') ?? '')
    if (!token || !exchange.take('around')) return exchange.forward()
    const form = new URLSearchParams(parameters)
    form.set('logout_token', await rewrite(token, exchange))
    return exchange.forward(copyRequest(request, form))
  }
}

const changeLogoutToken = (change: (token: Jwt, exchange: Exchange) => void): FaultEffect =>
  rewriteLogoutToken(async (token, exchange) => {
    const signer = await exchange.tools.keys.trusted(token)
    const changed = {
      header: { ...token.header, alg: signer.alg, kid: signer.kid },
      claims: { ...token.claims },
    }
    change(changed, exchange)
    return signJwt(changed, signer)
  })

const claim = (name: string, fallback: unknown): FaultEffect =>
  changeLogoutToken(({ claims }, { options }) => void (claims[name] = options.value ?? fallback))

const signedByOtherAlg = rewriteLogoutToken(async ({ header, claims }, { tools }) => {
  const key = await tools.keys.published(header['alg'] === 'ES256' ? 'PS256' : 'ES256')
  return signJwt({ header: { ...header, alg: key.alg, kid: key.kid }, claims }, key)
})

const sentTwice: FaultEffect = async (exchange) => {
  const { request, parameters } = exchange
  if (!exchange.take('around')) return exchange.forward()
  await exchange.forward(copyRequest(request, parameters))
  return exchange.forward(copyRequest(request, parameters))
}

/** What an ID token of the same user at the same client would say. */
const asIdToken = changeLogoutToken(({ header, claims }) => {
  header['typ'] = 'JWT'
  delete claims['events']
  delete claims['jti']
  claims['auth_time'] = claims['iat']
})

/** Faults of back-channel logout. @see OpenID Connect Back-Channel Logout 1.0 sections 2.4 to 2.6 */
export const logoutTokenFaults: Readonly<Record<FaultNameOf<'logout_token'>, FaultEffect>> = {
  'logout_token.alg_none': rewriteLogoutToken(({ header, claims }) =>
    unsignedJwt({ header: { ...header, alg: 'none' }, claims }),
  ),
  'logout_token.wrong_alg': signedByOtherAlg,
  'logout_token.wrong_issuer': claim('iss', 'https://attacker.example'),
  'logout_token.wrong_audience': claim('aud', 'another-client'),
  'logout_token.wrong_event': claim('events', { 'urn:example:event:other': {} }),
  'logout_token.missing_event': changeLogoutToken(({ claims }) => void delete claims['events']),
  'logout_token.with_nonce': claim('nonce', 'a-nonce'),
  'logout_token.replayed': sentTwice,
  'logout_token.typ_id_token': asIdToken,
  'logout_token.lives_for_a_day': changeLogoutToken(({ claims }, { options, tools }) => {
    claims['exp'] = Math.floor(tools.now()) + (options.seconds ?? 86_400)
  }),
  'logout_token.other_sid': claim('sid', 'sid-of-another-session'),
}

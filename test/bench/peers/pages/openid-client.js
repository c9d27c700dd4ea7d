import {
  None,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
} from 'openid-client'
import { issuer, clientId, redirectUri } from 'bench:config'

const options = issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : undefined
let configuration
let tokens
let refreshing

const discover = () => (configuration ??= discovery(new URL(issuer), clientId, undefined, None(), options))

const keep = (result) => {
  tokens = { ...tokens, ...result, expiresAt: Date.now() + result.expires_in * 1000 }
}

export async function start() {
  const url = new URL(location.href)
  if (!url.searchParams.has('state')) return
  const { state, nonce, codeVerifier } = JSON.parse(sessionStorage.login)
  delete sessionStorage.login
  history.replaceState(null, '', location.pathname)
  keep(
    await authorizationCodeGrant(await discover(), url, {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      expectedNonce: nonce,
    }),
  )
}

export async function login() {
  const [state, nonce, codeVerifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()]
  sessionStorage.login = JSON.stringify({ state, nonce, codeVerifier })
  location.href = buildAuthorizationUrl(await discover(), {
    scope: 'openid',
    redirect_uri: redirectUri,
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  })
}

export async function getAccessToken() {
  if (tokens.expiresAt - 10_000 < Date.now()) {
    refreshing ??= discover()
      .then((found) => refreshTokenGrant(found, tokens.refresh_token))
      .then(keep)
      .finally(() => (refreshing = undefined))
    await refreshing
  }
  return tokens.access_token
}

export async function logout() {
  const id_token_hint = tokens.id_token
  tokens = undefined
  location.href = buildEndSessionUrl(await discover(), {
    id_token_hint,
    post_logout_redirect_uri: redirectUri,
  })
}

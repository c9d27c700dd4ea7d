// A floor over the protocol library: its defaults, our own state and single flight.
import {
  None,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  discoveryRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  validateAuthResponse,
} from 'oauth4webapi'
import { issuer, clientId, redirectUri } from 'bench:config'

const client = { client_id: clientId }
const options = { [allowInsecureRequests]: issuer.startsWith('http:') }
let server
let tokens
let refreshing

const discover = () =>
  (server ??= discoveryRequest(new URL(issuer), options).then((response) =>
    processDiscoveryResponse(new URL(issuer), response),
  ))

const keep = (result) => {
  tokens = { ...tokens, ...result, expiresAt: Date.now() + result.expires_in * 1000 }
}

export async function start() {
  const url = new URL(location.href)
  if (!url.searchParams.has('state')) return
  const { state, nonce, codeVerifier } = JSON.parse(sessionStorage.login)
  delete sessionStorage.login
  history.replaceState(null, '', location.pathname)
  const as = await discover()
  const parameters = validateAuthResponse(as, client, url, state)
  const response = await authorizationCodeGrantRequest(
    as,
    client,
    None(),
    parameters,
    redirectUri,
    codeVerifier,
    options,
  )
  keep(await processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce }))
}

export async function login() {
  const as = await discover()
  const [state, nonce, codeVerifier] = [
    generateRandomState(),
    generateRandomNonce(),
    generateRandomCodeVerifier(),
  ]
  sessionStorage.login = JSON.stringify({ state, nonce, codeVerifier })
  location.href = `${as.authorization_endpoint}?${new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: redirectUri,
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  })}`
}

async function refresh() {
  const as = await discover()
  const response = await refreshTokenGrantRequest(as, client, None(), tokens.refresh_token, options)
  keep(await processRefreshTokenResponse(as, client, response))
}

export async function getAccessToken() {
  if (tokens.expiresAt - 10_000 < Date.now()) {
    refreshing ??= refresh().finally(() => (refreshing = undefined))
    await refreshing
  }
  return tokens.access_token
}

export async function logout() {
  const { end_session_endpoint } = await discover()
  const id_token_hint = tokens.id_token
  tokens = undefined
  location.href = `${end_session_endpoint}?${new URLSearchParams({ id_token_hint, post_logout_redirect_uri: redirectUri })}`
}

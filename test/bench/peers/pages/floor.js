// Only the job: PKCE, state, nonce, claims, single flight. Tokens in memory, no signature check, no errors worth the name.
import { issuer, clientId, redirectUri } from 'bench:config'

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)))
const decode = (part) => JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')))
const check = (condition) => {
  if (!condition) throw new Error('login failed')
}

let metadata
let tokens
let refreshing

const discover = () =>
  (metadata ??= fetch(`${issuer}/.well-known/openid-configuration`).then((response) => response.json()))

async function requestToken(parameters) {
  const { token_endpoint } = await discover()
  const response = await fetch(token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, ...parameters }),
  })
  check(response.ok)
  const body = await response.json()
  tokens = { ...tokens, ...body, expiresAt: Date.now() + body.expires_in * 1000 }
}

export async function start() {
  const answer = new URLSearchParams(location.search)
  if (!answer.has('state')) return
  const { state, nonce, code_verifier } = JSON.parse(sessionStorage.login)
  delete sessionStorage.login
  history.replaceState(null, '', location.pathname)
  check(answer.get('state') === state && answer.has('code'))
  await requestToken({
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: redirectUri,
    code_verifier,
  })
  const claims = decode(tokens.id_token.split('.')[1])
  check(claims.iss === issuer && claims.aud === clientId && claims.nonce === nonce)
  check(claims.exp * 1000 > Date.now())
}

export async function login() {
  const { authorization_endpoint } = await discover()
  const [state, nonce, code_verifier] = [random(), random(), random()]
  sessionStorage.login = JSON.stringify({ state, nonce, code_verifier })
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code_verifier))
  location.href = `${authorization_endpoint}?${new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: redirectUri,
    state,
    nonce,
    code_challenge: base64url(digest),
    code_challenge_method: 'S256',
  })}`
}

export async function getAccessToken() {
  if (tokens.expiresAt - 10_000 < Date.now()) {
    refreshing ??= requestToken({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
    }).finally(() => (refreshing = undefined))
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

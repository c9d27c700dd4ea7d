import { issuer, clientId, redirectUri } from 'bench:config'

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
const encode = (text) => new TextEncoder().encode(text)
const decode = (part) => JSON.parse(new TextDecoder().decode(bytesOf(part)))
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)))
const check = (condition) => {
  if (!condition) throw new Error('login failed')
}

function algorithmOf(alg) {
  if (alg === 'EdDSA' || alg === 'Ed25519') return { name: 'Ed25519' }
  const bits = +alg.slice(2)
  const name = { RS: 'RSASSA-PKCS1-v1_5', PS: 'RSA-PSS', ES: 'ECDSA' }[alg.slice(0, 2)]
  check(name)
  return {
    name,
    hash: `SHA-${bits}`,
    saltLength: bits / 8,
    namedCurve: { 256: 'P-256', 384: 'P-384', 512: 'P-521' }[bits],
  }
}

/** A single-page app's client in about 150 lines; `store` keeps the token set. */
export function createFloor(store) {
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
    return { ...tokens, ...body, expiresAt: Date.now() + body.expires_in * 1000 }
  }

  async function checkIdToken(idToken, nonce) {
    const [header, payload, signature] = idToken.split('.')
    const { alg, kid } = decode(header)
    const { jwks_uri } = await discover()
    const { keys } = await (await fetch(jwks_uri)).json()
    const algorithm = algorithmOf(alg)
    const jwk = keys.find((key) => key.kid === kid)
    const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify'])
    check(await crypto.subtle.verify(algorithm, key, bytesOf(signature), encode(`${header}.${payload}`)))
    const claims = decode(payload)
    check(claims.iss === issuer && [claims.aud].flat().includes(clientId) && claims.nonce === nonce)
    check(claims.exp * 1000 > Date.now())
  }

  async function start() {
    tokens = await store.read()
    const answer = new URLSearchParams(location.search)
    if (!answer.has('state')) return
    const { state, nonce, code_verifier } = JSON.parse(sessionStorage.login)
    delete sessionStorage.login
    history.replaceState(null, '', location.pathname)
    check(answer.get('state') === state && answer.has('code'))
    const fresh = await requestToken({
      grant_type: 'authorization_code',
      code: answer.get('code'),
      redirect_uri: redirectUri,
      code_verifier,
    })
    await checkIdToken(fresh.id_token, nonce)
    tokens = fresh
    await store.write(tokens)
  }

  async function login() {
    const { authorization_endpoint } = await discover()
    const [state, nonce, code_verifier] = [random(), random(), random()]
    sessionStorage.login = JSON.stringify({ state, nonce, code_verifier })
    const digest = await crypto.subtle.digest('SHA-256', encode(code_verifier))
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

  const isFresh = () => tokens.expiresAt - 10_000 > Date.now()

  const refresh = () =>
    navigator.locks.request('refresh', async () => {
      tokens = await store.read()
      if (isFresh()) return
      tokens = await requestToken({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
      await store.write(tokens)
    })

  async function getAccessToken() {
    if (!isFresh()) {
      refreshing ??= refresh().finally(() => (refreshing = undefined))
      await refreshing
    }
    return tokens.access_token
  }

  async function logout() {
    const { end_session_endpoint } = await discover()
    const id_token_hint = tokens.id_token
    tokens = null
    await store.write(tokens)
    location.href = `${end_session_endpoint}?${new URLSearchParams({ id_token_hint, post_logout_redirect_uri: redirectUri })}`
  }

  return { start, login, getAccessToken, logout }
}

// OAuth only: it never looks at the ID token, and has no logout.
import { OAuth2Client, OAuth2Fetch, generateCodeVerifier } from '@badgateway/oauth2-client'
import { issuer, clientId, redirectUri } from 'bench:config'

const client = new OAuth2Client({
  clientId,
  server: issuer,
  discoveryEndpoint: '/.well-known/openid-configuration',
})
let first
const wrapper = new OAuth2Fetch({
  client,
  getNewToken: () => first,
  storeToken: (token) => (sessionStorage.token = JSON.stringify(token)),
  getStoredToken: () => (sessionStorage.token ? JSON.parse(sessionStorage.token) : null),
})

export async function start() {
  if (!new URLSearchParams(location.search).has('state')) return
  const { state, codeVerifier } = JSON.parse(sessionStorage.login)
  delete sessionStorage.login
  first = await client.authorizationCode.getTokenFromCodeRedirect(location.href, {
    redirectUri,
    state,
    codeVerifier,
  })
  history.replaceState(null, '', location.pathname)
}

export async function login() {
  const [state, codeVerifier] = [crypto.randomUUID(), await generateCodeVerifier()]
  sessionStorage.login = JSON.stringify({ state, codeVerifier })
  location.href = await client.authorizationCode.getAuthorizeUri({
    redirectUri,
    state,
    codeVerifier,
    scope: ['openid'],
  })
}

export const getAccessToken = () => wrapper.getAccessToken()

export async function logout() {
  sessionStorage.clear()
  location.href = `${issuer}/end-session?${new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: redirectUri })}`
}

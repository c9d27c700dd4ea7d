import { createAuth0Client } from '@auth0/auth0-spa-js'
import { issuer, clientId, redirectUri } from 'bench:config'

let auth0

export async function start() {
  auth0 = await createAuth0Client({
    domain: issuer,
    clientId,
    useRefreshTokens: true,
    cacheLocation: 'localstorage',
    authorizationParams: { redirect_uri: redirectUri },
  })
  if (!new URLSearchParams(location.search).has('state')) return
  await auth0.handleRedirectCallback()
  history.replaceState(null, '', location.pathname)
}

export const login = () => auth0.loginWithRedirect()
export const getAccessToken = () => auth0.getTokenSilently()

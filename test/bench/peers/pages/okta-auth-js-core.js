import { OktaAuth } from '@okta/okta-auth-js/core'
import { issuer, clientId, redirectUri } from 'bench:config'

const okta = new OktaAuth({ issuer, clientId, redirectUri, scopes: ['openid', 'offline_access'] })

export async function start() {
  if (okta.isLoginRedirect()) await okta.handleLoginRedirect()
  else await okta.start()
}

export const login = () => okta.signInWithRedirect()
export const getAccessToken = () => okta.getOrRenewAccessToken()
export const logout = () => okta.signOut({ postLogoutRedirectUri: redirectUri })

import { OidcClient } from '@axa-fr/oidc-client'
import { issuer, clientId, redirectUri } from 'bench:config'

const client = OidcClient.getOrCreate(() => fetch)({
  client_id: clientId,
  redirect_uri: redirectUri,
  scope: 'openid offline_access',
  authority: issuer,
})

export async function start() {
  await client.tryKeepExistingSessionAsync()
  if (new URLSearchParams(location.search).has('state')) await client.loginCallbackAsync()
}

export const login = () => client.loginAsync('/')
export const getAccessToken = async () => (await client.getValidTokenAsync()).tokens.accessToken
export const logout = () => client.logoutAsync('/')

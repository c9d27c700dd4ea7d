import { UserManager, WebStorageStateStore } from 'oidc-client-ts'
import { issuer, clientId, redirectUri } from 'bench:config'

const manager = new UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: redirectUri,
  scope: 'openid offline_access',
  userStore: new WebStorageStateStore({ store: localStorage }),
})

export async function start() {
  if (!new URLSearchParams(location.search).has('state')) return
  await manager.signinRedirectCallback()
  history.replaceState(null, '', location.pathname)
}

export const login = () => manager.signinRedirect()

export async function getAccessToken() {
  const user = await manager.getUser()
  return (user && !user.expired ? user : await manager.signinSilent())?.access_token
}

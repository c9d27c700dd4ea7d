import { InteractionRequiredAuthError, ProtocolMode, PublicClientApplication } from '@azure/msal-browser'
import { issuer, clientId, redirectUri } from 'bench:config'

const scopes = ['openid', 'offline_access']
const application = new PublicClientApplication({
  auth: {
    clientId,
    authority: issuer,
    knownAuthorities: [new URL(issuer).host],
    redirectUri,
    postLogoutRedirectUri: redirectUri,
  },
  system: { protocolMode: ProtocolMode.OIDC },
})

export async function start() {
  await application.initialize()
  const result = await application.handleRedirectPromise()
  const account = result?.account ?? application.getAllAccounts()[0]
  if (account) application.setActiveAccount(account)
}

export const login = () => application.loginRedirect({ scopes })

export async function getAccessToken() {
  const request = { scopes, account: application.getActiveAccount() }
  try {
    return (await application.acquireTokenSilent(request)).accessToken
  } catch (error) {
    if (error instanceof InteractionRequiredAuthError) return application.acquireTokenRedirect(request)
    throw error
  }
}

export const logout = () => application.logoutRedirect()

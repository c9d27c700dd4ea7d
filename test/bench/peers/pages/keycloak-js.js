import Keycloak from 'keycloak-js'
import { issuer, clientId, redirectUri } from 'bench:config'

const keycloak = new Keycloak({ clientId, oidcProvider: issuer })

export const start = () => keycloak.init({ checkLoginIframe: false, pkceMethod: 'S256', redirectUri })
export const login = () => keycloak.login()
export const logout = () => keycloak.logout({ redirectUri })

export async function getAccessToken() {
  await keycloak.updateToken(10)
  return keycloak.token
}

import { oidcEarlyInit } from 'oidc-spa/entrypoint'
import { createOidc } from 'oidc-spa/core'
import { issuer, clientId } from 'bench:config'

const { shouldLoadApp } = oidcEarlyInit({ BASE_URL: '/' })
let oidc

export async function start() {
  if (shouldLoadApp) oidc = await createOidc({ issuerUri: issuer, clientId })
}

export const login = () => oidc.login({ doesCurrentHrefRequiresAuth: false })
export const getAccessToken = async () => (await oidc.getTokens()).accessToken
export const logout = () => oidc.logout({ redirectTo: 'home' })

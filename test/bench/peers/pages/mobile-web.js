import { createMobileAuth } from '@oauth-concierge/mobile'
import { webShell } from '@oauth-concierge/mobile/web'
import { issuer, clientId } from 'bench:config'

const shell = webShell()
const redirectUri = 'com.example.app:/callback'
const auth = createMobileAuth({ issuer, clientId, redirectUri, shell })

export const start = () => auth.start()
export const login = () => auth.login()
export const getAccessToken = () => auth.getAccessToken()
export const logout = () => auth.logout()

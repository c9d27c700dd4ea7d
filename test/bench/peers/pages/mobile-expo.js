import { createMobileAuth } from '@oauth-concierge/mobile'
import { expoShell } from '@oauth-concierge/mobile/expo'
import { issuer, clientId } from 'bench:config'

// The shell's own modules are the app's anyway, so they are not counted.
const { WebBrowser, Linking, SecureStore, AppState, AsyncStorage } = globalThis.modules
const shell = expoShell({ WebBrowser, Linking, SecureStore, AppState, AsyncStorage })
const redirectUri = 'com.example.app:/callback'
const auth = createMobileAuth({ issuer, clientId, redirectUri, shell })

export const start = () => auth.start()
export const login = () => auth.login()
export const getAccessToken = () => auth.getAccessToken()
export const logout = () => auth.logout()

import { createMobileAuth } from '@oauth-concierge/mobile'
import { capacitorShell } from '@oauth-concierge/mobile/capacitor'
import { issuer, clientId } from 'bench:config'

// The shell's own modules are the app's anyway, so they are not counted.
const { App, Browser, SecureStorage, Preferences } = globalThis.modules
const shell = capacitorShell({ App, Browser, SecureStorage, Preferences })
const redirectUri = 'com.example.app:/callback'
const auth = createMobileAuth({ issuer, clientId, redirectUri, shell })

export const start = () => auth.start()
export const login = () => auth.login()
export const getAccessToken = () => auth.getAccessToken()
export const logout = () => auth.logout()

import { createAuth } from '@oauth-concierge/browser'
import { issuer, clientId } from 'bench:config'

const auth = createAuth({ issuer, clientId })

export const start = () => auth.start()
export const login = () => auth.login()
export const getAccessToken = () => auth.getAccessToken()
export const logout = () => auth.logout()

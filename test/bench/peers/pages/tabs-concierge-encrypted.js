import { createAuth, encryptedTokens } from '@oauth-concierge/browser'
import { issuer, clientId } from 'bench:config'

const auth = createAuth({ issuer, clientId, scope: 'openid offline_access', tokenStore: encryptedTokens() })

export const start = () => auth.start()
export const login = () => auth.login()
export const getAccessToken = () => auth.getAccessToken()

import { createAuth, workerTokens } from '@oauth-concierge/browser/slim'
import { issuer, clientId } from 'bench:config'

const auth = createAuth({
  issuer,
  clientId,
  scope: 'openid offline_access',
  tokenStore: workerTokens({ url: '/worker.js' }),
})

export const start = () => auth.start()
export const login = () => auth.login()
export const getAccessToken = () => auth.getAccessToken()

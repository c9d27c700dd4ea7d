import { type Auth, createAuth } from '@oauth-concierge/browser'
import { config } from './config.ts'

/** The session of this page. Tokens stay in its memory; they go to the API and nowhere else. */
export const auth: Auth = createAuth({
  issuer: config.issuer,
  clientId: config.clientId,
  scope: 'openid profile email orders.read',
  apis: [config.api, config.issuer],
})

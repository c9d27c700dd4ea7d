import { type Auth, createAuth } from '@oauth-concierge/browser'
import { readStoreChoice } from './backstage/store-choice.ts'
import { noteEvent } from './backstage/timeline/own-events.ts'
import { config } from './config.ts'

/** Where the tokens of this page live: an app of your own has one place, `memoryTokens()` if it names none. */
export const choice = readStoreChoice()

/** The session of this page. Its tokens go to the API and nowhere else. */
export const auth: Auth = createAuth({
  issuer: config.issuer,
  clientId: config.clientId,
  scope: 'openid profile email orders.read',
  apis: [config.api, config.issuer],
  tokenStore: choice.store.open(),
  onEvent: noteEvent,
})

import { type BffAuth, createBffAuth } from '@oauth-concierge/browser/bff'

/** The session of this page. It has no token: the BFF on its own origin has them. */
export const auth: BffAuth = createBffAuth({ base: '/auth' })

import type { ServerContext } from '../context.ts'
import type { Login } from '../state/records.ts'
import { revokeFamily } from '../tokens/token-families.ts'

/** Which logins to end; both members must match where both are given. */
export interface LoginFilter {
  readonly sid?: string
  readonly username?: string
}

const matches = (login: Login | undefined, { sid, username }: LoginFilter): login is Login =>
  login !== undefined &&
  (sid === undefined || login.sid === sid) &&
  (username === undefined || login.user.username === username)

/**
 * Ends logins in every browser and revokes what was granted in them. Grants with `offline_access` outlive
 * the login unless `evenOffline`. Gives the number of logins ended.
 *
 * @see OpenID Connect Core 1.0 section 11
 */
export function endLogins(context: ServerContext, filter: LoginFilter, evenOffline: boolean): number {
  const { stores, ledger } = context
  const browsers = stores.browsers.values().filter((browser) => matches(browser.login, filter))
  for (const browser of browsers) {
    ledger.addEvent({ type: 'logout', username: browser.login?.user.username ?? '' })
    browser.login = undefined
  }
  for (const family of stores.families.values()) {
    const outlives = family.scopes.includes('offline_access') && !evenOffline
    if (matches(family.login, filter) && !outlives) revokeFamily(context, family)
  }
  return browsers.length
}

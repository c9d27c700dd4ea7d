import type { ServerContext } from '../context.ts'
import type { Client } from '../settings.ts'
import type { Login } from '../state/records.ts'
import { revokeFamily } from '../tokens/token-families.ts'

/** Which logins to end; both members must match where both are given. */
export interface LoginFilter {
  readonly sid?: string
  readonly username?: string
}

/** A login that has ended, and the clients that got tokens in it. */
export interface EndedLogin {
  readonly login: Login
  readonly clients: readonly Client[]
}

const matches = (login: Login | undefined, { sid, username }: LoginFilter): login is Login =>
  login !== undefined &&
  (sid === undefined || login.sid === sid) &&
  (username === undefined || login.user.username === username)

/** The logins that have not ended yet: in browsers, and those that led to tokens only. */
function findLogins({ stores }: ServerContext, filter: LoginFilter): readonly Login[] {
  const everywhere = [...stores.browsers.values(), ...stores.families.values()].map(({ login }) => login)
  const matching = new Set(everywhere.filter((login) => matches(login, filter)))
  return [...matching].filter((login) => !stores.endedLogins.has(login))
}

function endLogin({ stores, ledger }: ServerContext, login: Login): EndedLogin {
  stores.endedLogins.add(login)
  ledger.addEvent({ type: 'logout', username: login.user.username })
  for (const browser of stores.browsers.values()) if (browser.login === login) browser.login = undefined
  const families = stores.families.values().filter((family) => family.login === login)
  return { login, clients: [...new Set(families.map(({ client }) => client))] }
}

/**
 * Ends logins in every browser and revokes what was granted in them. Grants with `offline_access` outlive
 * the login unless `evenOffline`. Gives the logins ended, of which the clients are to be told.
 *
 * @see OpenID Connect Core 1.0 section 11
 */
export function endLogins(
  context: ServerContext,
  filter: LoginFilter,
  evenOffline: boolean,
): readonly EndedLogin[] {
  const ended = findLogins(context, filter).map((login) => endLogin(context, login))
  for (const family of context.stores.families.values()) {
    const outlives = family.scopes.includes('offline_access') && !evenOffline
    if (matches(family.login, filter) && !outlives) revokeFamily(context, family)
  }
  return ended
}

import {
  createMemoryStore,
  createRelyingParty,
  createTokenClient,
  type KeyValueStore,
  type LoginOptions,
  type RelyingParty,
  type RelyingPartyOptions,
  type TokenClient,
} from '@oauth-concierge/core'
import {
  type PasswordToken,
  requestPasswordToken,
  unsafeAllowPasswordGrant,
} from '@oauth-concierge/core/legacy'
import type { Visit } from './visit.ts'

/** A relying party of the visit's client. */
export function createGuest(visit: Visit, options: Partial<RelyingPartyOptions> = {}): RelyingParty {
  return createRelyingParty({
    scope: visit.scope,
    apis: [new URL(visit.issuer).origin],
    transactions: createMemoryStore(),
    vault: createMemoryStore(),
    ...visit.options,
    ...options,
  })
}

/** The same client, for the grants without a redirect. */
export const tokenClientOf = (visit: Visit): TokenClient => createTokenClient(visit.options)

/** A login, through all the pages of the server. */
export async function logIn(visit: Visit, guest: RelyingParty, login: LoginOptions = {}): Promise<void> {
  const { redirectUri } = visit
  // The server that grants offline access grants it at a prompt for consent only.
  const prompt = visit.server === 'oidc-provider' ? { prompt: 'consent' } : {}
  const { url } = await guest.startLogin({ redirectUri, ...prompt, ...login })
  const arrival = await visit.visitPages(url, redirectUri)
  await guest.finishLogin(arrival.url.searchParams)
}

/** A session with a refresh token, by a login or, where a server has no pages, by the user's password. */
export async function beginSession(
  visit: Visit,
  guest: RelyingParty,
  login: LoginOptions = {},
): Promise<void> {
  if (visit.server !== 'gluu') return logIn(visit, guest, login)
  await guest.beginSession(await askByPassword(visit))
}

/** Tokens for the user's name and password. */
export function askByPassword(visit: Visit): Promise<PasswordToken> {
  return requestPasswordToken(tokenClientOf(visit), {
    allowPasswordGrant: unsafeAllowPasswordGrant,
    username: visit.person.username,
    password: visit.person.password,
    scope: visit.scope,
  })
}

/** The same tokens in another store, as a thief or a backup has them. */
export async function copyVault(visit: Visit, vault: KeyValueStore): Promise<KeyValueStore> {
  const key = `concierge:tokens:${visit.options.clientId}@${visit.issuer}`
  const copy = createMemoryStore()
  await copy.put(key, (await vault.get(key))?.value)
  return copy
}

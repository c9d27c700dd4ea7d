import type { ServerContext } from '../context.ts'
import { canonicalJson } from '../http/json.ts'
import type { Client, User } from '../settings.ts'
import type { AuthorizationRequest } from '../state/records.ts'

const keyOf = (user: User, { clientId }: Client): string => JSON.stringify([user.username, clientId])

/** Everything the user is asked to allow: scopes, and as JSON the rights and claims asked for one by one. */
function termsOf({ scopes, authorizationDetails, claims }: AuthorizationRequest): readonly string[] {
  const oneByOne = [...authorizationDetails, ...claims.userinfo, ...claims.idToken]
  return [...scopes, ...oneByOne.map(canonicalJson)]
}

/** Says whether the user has consented to all that the request asks for, once before. */
export function hasConsented({ stores }: ServerContext, user: User, request: AuthorizationRequest): boolean {
  const consented = stores.consents.get(keyOf(user, request.client))
  return consented !== undefined && termsOf(request).every((term) => consented.has(term))
}

function remember({ stores }: ServerContext, key: string, terms: readonly string[]): void {
  stores.consents.set(key, new Set([...(stores.consents.get(key) ?? []), ...terms]))
}

/** Remembers a consent, on top of earlier ones. */
export function rememberConsent(context: ServerContext, user: User, request: AuthorizationRequest): void {
  remember(context, keyOf(user, request.client), termsOf(request))
}

/**
 * Remembers a consent to every scope that this client may ask for.
 *
 * @throws TypeError when there is no such client
 */
export function consentToEverything(context: ServerContext, user: User, clientId: string): void {
  const { clients, scopes } = context.settings
  const client = clients.get(clientId)
  if (!client) throw new TypeError(`there is no client ${clientId}`)
  remember(context, keyOf(user, client), client.scopes ?? [...scopes.keys()])
}

import type { ServerContext } from '../context.ts'
import { canonicalJson } from '../http/json.ts'
import type { User } from '../settings.ts'
import type { AuthorizationRequest } from '../state/records.ts'

const keyOf = (user: User, { client }: AuthorizationRequest): string =>
  JSON.stringify([user.username, client.clientId])

/** Everything the user is asked to allow: scopes, and as JSON the rights and claims asked for one by one. */
function termsOf({ scopes, authorizationDetails, claims }: AuthorizationRequest): readonly string[] {
  const oneByOne = [...authorizationDetails, ...claims.userinfo, ...claims.idToken]
  return [...scopes, ...oneByOne.map(canonicalJson)]
}

/** Says whether the user has consented to all that the request asks for, once before. */
export function hasConsented({ stores }: ServerContext, user: User, request: AuthorizationRequest): boolean {
  const consented = stores.consents.get(keyOf(user, request))
  return consented !== undefined && termsOf(request).every((term) => consented.has(term))
}

/** Remembers a consent, on top of earlier ones. */
export function rememberConsent({ stores }: ServerContext, user: User, request: AuthorizationRequest): void {
  const key = keyOf(user, request)
  stores.consents.set(key, new Set([...(stores.consents.get(key) ?? []), ...termsOf(request)]))
}

import { OAuthError } from '../http/oauth-error.ts'
import type { ReceivedParameters } from '../http/parameters.ts'
import { standardScopes } from '../default-settings.ts'
import type { Settings } from '../settings.ts'

function checkResource({ resources }: Settings, resource: string): void {
  if (!URL.canParse(resource) || resource.includes('#')) {
    throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment')
  }
  if (resources?.has(resource) === false) {
    throw new OAuthError('invalid_target', 'a resource is unknown to this server')
  }
}

/**
 * The values of `resource`, which may come more than once. Where the server has registered resources they
 * must be among those; otherwise any absolute URI without fragment will do.
 *
 * @throws OAuthError `invalid_target`
 * @see RFC 8707 section 2
 */
export function readResources(settings: Settings, { lists }: ReceivedParameters): readonly string[] {
  const resources = [...new Set(lists.get('resource'))]
  for (const resource of resources) checkResource(settings, resource)
  return resources
}

/**
 * The resources of one token request: those asked for, or else all that were granted. A grant that named
 * none may be used for any.
 *
 * @throws OAuthError `invalid_target` when one was not granted
 * @see RFC 8707 section 2.2
 */
export function chooseResources(granted: readonly string[], asked: readonly string[]): readonly string[] {
  if (asked.length === 0) return granted
  if (granted.length === 0 || asked.every((resource) => granted.includes(resource))) return asked
  throw new OAuthError('invalid_target', 'a resource was not granted')
}

/**
 * The scopes that mean something at these resources. Those of OpenID Connect belong to the server itself and
 * always stay.
 *
 * @see RFC 8707 section 2.2
 */
export function scopesAtResources(
  settings: Settings,
  scopes: readonly string[],
  resources: readonly string[],
): readonly string[] {
  const known = resources.map((resource) => settings.resources?.get(resource))
  if (known.length === 0 || known.includes(undefined)) return scopes
  const kept = new Set([...Object.keys(standardScopes), ...known.flatMap((list) => list ?? [])])
  return scopes.filter((scope) => kept.has(scope))
}

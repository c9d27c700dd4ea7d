import type { ServerContext } from '../../context.ts'
import { endpointUrl } from '../../endpoint-url.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import type { Parameters } from '../../http/parameters.ts'
import type { TokenFamily } from '../../state/records.ts'

/**
 * Checks the API that a request names by `audience`.
 *
 * @throws OAuthError `access_denied` when there is no such API
 */
export function checkAudience(parameters: Parameters, apis: readonly string[]): void {
  const audience = parameters.get('audience')
  if (audience === undefined || apis.includes(audience)) return
  throw new OAuthError('access_denied', `Service not found: ${audience}`, { status: 403 })
}

/** `aud` of a family's access tokens: the API, with `openid` also userinfo. Undefined where no API was named. */
export function audienceOf(
  context: ServerContext,
  { asked, scopes }: TokenFamily,
): string | string[] | undefined {
  const api = asked.get('audience')
  if (api === undefined) return undefined
  return scopes.includes('openid') ? [api, endpointUrl(context, 'userinfo')] : api
}

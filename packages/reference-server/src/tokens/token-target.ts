import { readAuthorizationDetails } from '../authorization/authorization-details.ts'
import type { TokenRequest } from '../context.ts'
import { canonicalJson } from '../http/json.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { AuthorizationDetail } from '../state/records.ts'
import { chooseResources, readResources, scopesAtResources } from './resource-indicators.ts'

/** What an access token is good for: of a grant the whole, of one token perhaps a part. */
export interface TokenTarget {
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  readonly authorizationDetails: readonly AuthorizationDetail[]
}

function chooseDetails(
  granted: readonly AuthorizationDetail[],
  asked: readonly AuthorizationDetail[],
): readonly AuthorizationDetail[] {
  if (asked.length === 0) return granted
  const known = new Set(granted.map(canonicalJson))
  if (asked.every((detail) => known.has(canonicalJson(detail)))) return asked
  throw new OAuthError('invalid_authorization_details', 'authorization_details go beyond what was granted')
}

/**
 * What a program's own token is to be good for: all the resources and rights that the request asks for.
 *
 * @throws OAuthError `invalid_target` or `invalid_authorization_details`
 */
export function readProgramTarget(
  { call, client, parameters }: TokenRequest,
  scopes: readonly string[],
): TokenTarget {
  const { settings } = call.context
  const resources = readResources(settings, call.received)
  const text = parameters.get('authorization_details')
  return {
    scopes: scopesAtResources(settings, scopes, resources),
    resources,
    authorizationDetails: readAuthorizationDetails(settings, client, text),
  }
}

/**
 * Narrows what was granted to what this token request asks for by `resource` and `authorization_details`.
 *
 * @throws OAuthError `invalid_target` or `invalid_authorization_details` when it asks for more
 * @see RFC 8707 section 2.2, RFC 9396 section 6
 */
export function readTokenTarget(
  { call, client, parameters }: TokenRequest,
  granted: TokenTarget,
): TokenTarget {
  const { settings } = call.context
  const resources = chooseResources(granted.resources, readResources(settings, call.received))
  const details = readAuthorizationDetails(settings, client, parameters.get('authorization_details'))
  return {
    scopes: scopesAtResources(settings, granted.scopes, resources),
    resources,
    authorizationDetails: chooseDetails(granted.authorizationDetails, details),
  }
}

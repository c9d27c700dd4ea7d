import { promptValues } from '../authorization/authorization-request.ts'
import { responseModes } from '../authorization/return-address.ts'
import { clientSigningAlgs } from '../clients/client-jwt.ts'
import type { Dialect, ServerContext } from '../context.ts'
import { dpopSigningAlgs } from '../dpop/dpop-proof.ts'
import { urlBelowIssuer } from '../endpoint-url.ts'
import { cibaGrantType } from '../grant-types.ts'
import { claimsByScope } from '../users/user-claims.ts'

const assertionAlgs = [...clientSigningAlgs, 'HS256']

const protocolClaims = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'at_hash', 'sid']

function endpointUrls(context: ServerContext): Record<string, string> {
  const announced = context.dialect.endpoints.flatMap(({ metadata, path }) =>
    metadata === undefined ? [] : [[metadata, urlBelowIssuer(context, path)] as const],
  )
  return Object.fromEntries(announced)
}

const claimsOf = (byScope: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.values(byScope).flat()

/** @see OpenID Connect CIBA Core 1.0 section 4 */
function cibaMetadata({ grants }: Dialect): Record<string, unknown> {
  if (!Object.hasOwn(grants, cibaGrantType)) return {}
  return {
    backchannel_token_delivery_modes_supported: ['poll'],
    backchannel_user_code_parameter_supported: false,
  }
}

const assertionMethods: readonly string[] = ['private_key_jwt', 'client_secret_jwt']

/** How clients authenticate at the endpoints that announce it. @see RFC 8414 section 2 */
function clientAuthentication({ dialect }: ServerContext): Record<string, readonly string[]> {
  const methods = Object.keys(dialect.clientAuthenticationMethods)
  const provingMethods = methods.filter((method) => method !== 'none')
  const byEndpoint = { token: methods, revocation: methods, introspection: provingMethods }
  const takesAssertions = methods.some((method) => assertionMethods.includes(method))
  const announced = new Set(dialect.endpoints.map(({ metadata }) => metadata))
  const members = Object.entries(byEndpoint)
    .filter(([name]) => announced.has(`${name}_endpoint`))
    .flatMap(([name, methods]) => [
      [`${name}_endpoint_auth_methods_supported`, methods] as const,
      ...(takesAssertions
        ? [[`${name}_endpoint_auth_signing_alg_values_supported`, assertionAlgs] as const]
        : []),
    ])
  return Object.fromEntries(members)
}

/** RFC 9101, RFC 9126, JARM, RFC 9396, and claims asked for one by one. */
function authorizationFeatures({ settings, dialect }: ServerContext): Record<string, unknown> {
  return {
    claims_parameter_supported: true,
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    request_object_signing_alg_values_supported: clientSigningAlgs,
    require_signed_request_object: false,
    ...(dialect.endpoints.some(({ name }) => name === 'par') && {
      require_pushed_authorization_requests: settings.requirePushedAuthorizationRequests,
    }),
    authorization_signing_alg_values_supported: [settings.signingAlg],
    authorization_details_types_supported: [...settings.authorizationDetailsTypes.keys()],
  }
}

/** What the server tells about itself. @see OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2 */
export function buildMetadata(context: ServerContext): Readonly<Record<string, unknown>> {
  const { settings, dialect } = context
  return {
    issuer: dialect.readIssuer(settings),
    ...endpointUrls(context),
    scopes_supported: [...settings.scopes.keys()],
    response_types_supported: Object.keys(dialect.responseTypes),
    response_modes_supported: responseModes,
    grant_types_supported: Object.keys(dialect.grants),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [settings.signingAlg],
    userinfo_signing_alg_values_supported: [settings.signingAlg],
    introspection_signing_alg_values_supported: [settings.signingAlg],
    ...clientAuthentication(context),
    code_challenge_methods_supported: dialect.codeChallengeMethods,
    ...(dialect.dpop && { dpop_signing_alg_values_supported: dpopSigningAlgs }),
    prompt_values_supported: promptValues,
    ...cibaMetadata(dialect),
    claims_supported: [...protocolClaims, ...claimsOf(claimsByScope), ...claimsOf(settings.scopeClaims)],
    authorization_response_iss_parameter_supported: dialect.sendsIssuer,
    ...authorizationFeatures(context),
    protected_resources: settings.protectedResources.map(({ identifier }) => identifier),
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
  }
}

import { promptValues } from '../authorization/authorization-request.ts'
import { responseModes } from '../authorization/return-address.ts'
import type { Dialect, ServerContext } from '../context.ts'
import { dpopSigningAlgs } from '../dpop/dpop-proof.ts'
import { urlBelowIssuer } from '../endpoint-url.ts'
import { cibaGrantType } from '../grant-types.ts'
import { claimsByScope } from '../users/user-claims.ts'

const protocolClaims = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'at_hash', 'sid']

function endpointUrls(context: ServerContext): Record<string, string> {
  const announced = context.dialect.endpoints.flatMap(({ metadata, path }) =>
    metadata === undefined ? [] : [[metadata, urlBelowIssuer(context, path)] as const],
  )
  return Object.fromEntries(announced)
}

/** @see OpenID Connect CIBA Core 1.0 section 4 */
function cibaMetadata({ grants }: Dialect): Record<string, unknown> {
  if (!Object.hasOwn(grants, cibaGrantType)) return {}
  return {
    backchannel_token_delivery_modes_supported: ['poll'],
    backchannel_user_code_parameter_supported: false,
  }
}

/** What the server tells about itself. @see OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2 */
export function buildMetadata(context: ServerContext): Readonly<Record<string, unknown>> {
  const { settings, dialect } = context
  const authenticationMethods = Object.keys(dialect.clientAuthenticationMethods)
  return {
    issuer: settings.issuer,
    ...endpointUrls(context),
    scopes_supported: [...settings.scopes.keys()],
    response_types_supported: ['code'],
    response_modes_supported: responseModes,
    grant_types_supported: Object.keys(dialect.grants),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [settings.signingAlg],
    token_endpoint_auth_methods_supported: authenticationMethods,
    revocation_endpoint_auth_methods_supported: authenticationMethods,
    code_challenge_methods_supported: ['S256'],
    ...(dialect.dpop && { dpop_signing_alg_values_supported: dpopSigningAlgs }),
    prompt_values_supported: promptValues,
    ...cibaMetadata(dialect),
    claims_supported: [...protocolClaims, ...Object.values(claimsByScope).flat()],
    authorization_response_iss_parameter_supported: true,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  }
}

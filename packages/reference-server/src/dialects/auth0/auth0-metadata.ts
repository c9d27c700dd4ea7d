import type { ServerContext } from '../../context.ts'
import { pickMetadata } from '../pick-metadata.ts'

const announced: readonly string[] = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'revocation_endpoint',
  'scopes_supported',
  'response_types_supported',
  'code_challenge_methods_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
  'claims_supported',
]

/** The metadata, in which no logout is announced. */
export function buildAuth0Metadata(context: ServerContext): Readonly<Record<string, unknown>> {
  return pickMetadata(context, announced)
}

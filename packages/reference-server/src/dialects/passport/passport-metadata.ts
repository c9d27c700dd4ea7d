import type { ServerContext } from '../../context.ts'
import { pickMetadata } from '../pick-metadata.ts'
import type { PassportOptions } from './passport-options.ts'

const announced: readonly string[] = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'end_session_endpoint',
  'scopes_supported',
  'response_types_supported',
  'grant_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
  'code_challenge_methods_supported',
  'claims_supported',
]

const furtherAnnounced: readonly string[] = [
  'userinfo_endpoint',
  'revocation_endpoint',
  'revocation_endpoint_auth_methods_supported',
  'introspection_endpoint',
  'introspection_endpoint_auth_methods_supported',
  'response_modes_supported',
]

/** A short document: no revocation, no introspection, no userinfo, and no word of public clients. */
export function buildPassportMetadata(
  context: ServerContext,
  { fullDiscovery = false }: PassportOptions,
): Readonly<Record<string, unknown>> {
  if (fullDiscovery) return pickMetadata(context, [...announced, ...furtherAnnounced])
  return {
    ...pickMetadata(context, announced),
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  }
}

import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
} from 'oauth4webapi'
import { ProtocolError, UsageError } from '../errors.ts'
import type { Seconds } from '../ports/clock.ts'
import type { Client } from './client.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** What a login may ask of the authorization server beside the client's defaults. */
export interface AuthorizationOptions {
  /** `login` asks for credentials again, `none` forbids any page, `select_account` and `consent` as they say. */
  readonly prompt?: string
  /** Who will probably log in. */
  readonly loginHint?: string
  /** Languages the user reads, best first, as BCP 47 tags. */
  readonly uiLocales?: readonly string[]
  /** Authentication contexts wanted, best first. */
  readonly acrValues?: readonly string[]
  /** How long ago the user may have authenticated at the most. It is checked in the ID token. */
  readonly maxAge?: Seconds
  /** Anything else the server understands. The parameters that keep the login safe cannot be set here. */
  readonly extraParameters?: Readonly<Record<string, string>>
}

/** An authorization request and the secrets that its answer must match. */
export interface AuthorizationRequest {
  readonly url: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/**
 * Builds an authorization request: code flow, PKCE S256, and `state`, `nonce` and `code_verifier` as three independent 256-bit values.
 * @throws ProtocolError `metadata_malformed`; UsageError `invalid_configuration`
 * @see RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core section 3.1.2.1
 */
export async function buildAuthorizationRequest(
  client: Client,
  metadata: ServerMetadata,
  {
    redirectUri,
    scope,
    ...options
  }: AuthorizationOptions & { readonly redirectUri: string; readonly scope: string },
): Promise<AuthorizationRequest> {
  if (!metadata.authorization_endpoint) {
    throw new ProtocolError(
      'metadata_malformed',
      `The metadata of ${client.issuer} has no authorization_endpoint.`,
    )
  }
  const secrets = {
    state: generateRandomState(),
    nonce: generateRandomNonce(),
    codeVerifier: generateRandomCodeVerifier(),
  }
  const url = new URL(metadata.authorization_endpoint)
  const parameters = {
    ...optionalParameters(options),
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    scope,
    state: secrets.state,
    nonce: secrets.nonce,
    code_challenge: await calculatePKCECodeChallenge(secrets.codeVerifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { url: url.href, ...secrets }
}

const ours = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
]

function optionalParameters(options: AuthorizationOptions): Record<string, string> {
  const { prompt, loginHint, uiLocales, acrValues, maxAge, extraParameters = {} } = options
  const taken = Object.keys(extraParameters).find((name) => ours.includes(name))
  if (taken)
    throw new UsageError('invalid_configuration', `extraParameters may not set ${taken}: the SDK sets it.`)
  return {
    ...extraParameters,
    ...(prompt !== undefined && { prompt }),
    ...(loginHint !== undefined && { login_hint: loginHint }),
    ...(uiLocales && { ui_locales: uiLocales.join(' ') }),
    ...(acrValues && { acr_values: acrValues.join(' ') }),
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
  }
}

import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
} from 'oauth4webapi'
import { ProtocolError, UsageError } from '../errors.ts'
import type { Seconds } from '../ports/clock.ts'
import type { AuthorizationExtension } from './authorization-extension.ts'
import type { Client } from './client.ts'
import type { ServerMetadata } from './server-metadata.ts'

/**
 * One thing that the user allows, as the API it is for defines it.
 * @see RFC 9396 section 2
 */
export interface AuthorizationDetail {
  readonly type: string
  readonly [member: string]: unknown
}

/** What a login may ask of the authorization server beside the client's defaults. */
export interface AuthorizationOptions {
  /** `login` asks for credentials again, `none` forbids any page, `select_account` and `consent` as they say. */
  readonly prompt?: string
  /** Who will probably log in. */
  readonly loginHint?: string
  /** Languages the user reads, best first, as BCP 47 tags. */
  readonly uiLocales?: readonly string[]
  /** Authentication contexts, best first. The ID token must name one of them. */
  readonly acrValues?: readonly string[]
  /** Takes a login with any other authentication context, or none, as well: `acrValues` is then a wish. Default false. */
  readonly acrIsVoluntary?: boolean
  /** How long ago the user may have authenticated at the most. It is checked in the ID token. */
  readonly maxAge?: Seconds
  /**
   * What the user shall be asked to allow, in more detail than `scope` can say. What was allowed is in the session.
   * @see RFC 9396 section 2
   */
  readonly authorizationDetails?: readonly AuthorizationDetail[]
  /**
   * Where the tokens will be used. Some servers give tokens only for resources that the login named: then name all that `for()` will.
   * @see RFC 8707 section 2.1
   */
  readonly resource?: string | readonly string[]
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
 * With `boundTo`, the thumbprint of a key, the code is bound to that key as well.
 * @throws ProtocolError `metadata_malformed`; UsageError `invalid_configuration`, `extension_missing`; and as the extensions do
 * @see RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core section 3.1.2.1, RFC 9449 section 10
 */
export async function buildAuthorizationRequest(
  client: Client,
  metadata: ServerMetadata,
  {
    redirectUri,
    scope,
    extensions = [],
    boundTo,
    ...options
  }: AuthorizationOptions & {
    readonly redirectUri: string
    readonly scope: string
    readonly extensions?: readonly AuthorizationExtension[]
    readonly boundTo?: string | undefined
  },
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
  let parameters = new URLSearchParams({
    ...optionalParameters(options),
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    scope,
    state: secrets.state,
    nonce: secrets.nonce,
    code_challenge: await calculatePKCECodeChallenge(secrets.codeVerifier),
    code_challenge_method: 'S256',
    ...(boundTo !== undefined && { dpop_jkt: boundTo }),
  })
  for (const one of [options.resource ?? []].flat()) parameters.append('resource', one)
  for (const extension of extensions) {
    parameters = (await extension.prepare?.(client, metadata, parameters)) ?? parameters
  }
  checkDemands(metadata, parameters)
  for (const name of parameters.keys()) url.searchParams.delete(name)
  for (const [name, value] of parameters) url.searchParams.append(name, value)
  return { url: url.href, ...secrets }
}

/** What a server demands of every request is not left out: it would refuse the user's visit, in words of its own. */
function checkDemands(metadata: ServerMetadata, parameters: URLSearchParams): void {
  const missing =
    !parameters.has('request_uri') &&
    ((metadata.require_pushed_authorization_requests && 'pushedAuthorization') ||
      (metadata.require_signed_request_object && !parameters.has('request') && 'signedRequest'))
  if (missing)
    throw new UsageError(
      'extension_missing',
      `${metadata.issuer} demands ${missing}(): import it for authorization.`,
    )
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
  'request',
  'request_uri',
  'dpop_jkt',
]

function optionalParameters(options: AuthorizationOptions): Record<string, string> {
  const {
    prompt,
    loginHint,
    uiLocales,
    acrValues,
    maxAge,
    authorizationDetails,
    extraParameters = {},
  } = options
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
    ...(authorizationDetails && { authorization_details: JSON.stringify(authorizationDetails) }),
  }
}

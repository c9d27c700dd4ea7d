import * as oauth from 'oauth4webapi'
import { ProtocolError } from '../errors.ts'
import type { Seconds } from '../ports/clock.ts'
import type { AuthorizationDetail } from './authorization-request.ts'
import { readJsonObject } from './amend-answer.ts'
import type { Client } from './client.ts'
import {
  checkIdTokenClaims,
  checkIdTokenSignature,
  type IdTokenClaims,
  readIdTokenHeader,
} from './id-token.ts'
import type { KeySet } from './key-set.ts'
import { conciergeError, oauthClient, type OAuthOptions, oauthOptions } from './oauth.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** A token response whose ID token, if it has one, is verified. */
export interface TokenResponse {
  readonly accessToken: string
  readonly tokenType: 'bearer' | 'dpop'
  /** Thumbprint of the key that the tokens are bound to; undefined where they are bound to none. */
  readonly boundTo?: string | undefined
  /** Undefined where the server does not say. */
  readonly expiresIn: Seconds | undefined
  readonly refreshToken: string | undefined
  /** How long the refresh token lives, by `refresh_expires_in` or `refresh_token_expires_in`; undefined where the server does not say, or says that it has no end. */
  readonly refreshExpiresIn?: Seconds | undefined
  /** Undefined where the server grants what was asked (RFC 6749 section 5.1). */
  readonly scope: string | undefined
  readonly idToken: string | undefined
  readonly claims: IdTokenClaims | undefined
  /** What was granted, in detail; undefined where the server does not say (RFC 9396 section 7). */
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
}

/** Whom a token request speaks to, and with which keys the answer is verified. */
export interface TokenEndpoint {
  readonly client: Client
  readonly metadata: ServerMetadata
  readonly keySet: KeySet
}

/** What the ID token of the answer must hold. */
export interface ExpectedIdToken {
  readonly required: boolean
  readonly nonce?: string
  readonly maxAge?: Seconds
  /** One of which `acr` must be. */
  readonly acrValues?: readonly string[]
}

/** A token request, but for what is the same in all of them. */
export interface TokenExchange {
  readonly expected: ExpectedIdToken
  /** The key that the grant is bound to. */
  readonly boundTo?: string | undefined
  send(options: OAuthOptions): Promise<Response>
}

/**
 * Redeems an authorization code. The key set is fetched beside the request.
 * @throws ServerError `request_refused`; ProtocolError; TransportError
 * @see RFC 6749 section 4.1.3, OpenID Connect Core section 3.1.3
 */
export function requestTokenByCode(
  endpoint: TokenEndpoint,
  grant: {
    readonly parameters: URLSearchParams
    readonly redirectUri: string
    readonly codeVerifier: string
    readonly boundTo?: string | undefined
  },
  expected: ExpectedIdToken,
): Promise<TokenResponse> {
  const { client, metadata, keySet } = endpoint
  if (expected.required && metadata.jwks_uri) keySet.prefetch(metadata.jwks_uri)
  const send = (options: OAuthOptions): Promise<Response> =>
    oauth.authorizationCodeGrantRequest(
      metadata,
      oauthClient(client),
      client.authentication,
      grant.parameters,
      grant.redirectUri,
      grant.codeVerifier,
      options,
    )
  return requestToken(endpoint, { expected, boundTo: grant.boundTo, send })
}

/**
 * Asks for new tokens by a refresh token.
 * @throws ServerError `request_refused`, with `error: 'invalid_grant'` where the refresh token is dead; ProtocolError; TransportError
 * @see RFC 6749 section 6, OpenID Connect Core section 12
 */
export function requestTokenByRefresh(
  endpoint: TokenEndpoint,
  refreshToken: string,
  {
    target,
    boundTo,
  }: {
    readonly target?: { readonly resource: string; readonly scope?: string } | undefined
    readonly boundTo?: string | undefined
  } = {},
): Promise<TokenResponse> {
  const { client, metadata } = endpoint
  const send = (options: OAuthOptions): Promise<Response> =>
    oauth.refreshTokenGrantRequest(metadata, oauthClient(client), client.authentication, refreshToken, {
      ...options,
      ...(target && { additionalParameters: { ...target } }),
    })
  return requestToken(endpoint, { expected: { required: false }, boundTo, send })
}

/**
 * Sends a token request and reads the answer. Nothing of it is given out before its ID token, if it has one, is verified.
 * @throws ServerError `request_refused`; ProtocolError; TransportError; SessionError `dpop_key_lost`
 * @see RFC 6749 section 5, RFC 9449 section 5
 */
export function requestToken(endpoint: TokenEndpoint, exchange: TokenExchange): Promise<TokenResponse> {
  const { senderConstraint } = endpoint.client
  const { boundTo } = exchange
  const options = oauthOptions(endpoint.client)
  return senderConstraint
    ? senderConstraint.request({ options, boundTo }, (withProof, key) =>
        readTokenResponse(endpoint, { ...exchange, boundTo: key }, withProof),
      )
    : readTokenResponse(endpoint, { ...exchange, boundTo: undefined }, options)
}

async function readTokenResponse(
  endpoint: TokenEndpoint,
  { expected, boundTo, send }: TokenExchange,
  options: OAuthOptions,
): Promise<TokenResponse> {
  try {
    const response = await send(options)
    // Looked at before anything is checked: its header decides which algorithm the checks expect.
    const idToken = (await readJsonObject(response))?.['id_token']
    const header = typeof idToken === 'string' ? readIdTokenHeader(endpoint.client, idToken) : undefined
    const client = oauthClient(endpoint.client, header?.alg)
    const body = await oauth.processGenericTokenEndpointResponse(endpoint.metadata, client, response)
    const tokenType = boundTo === undefined ? 'bearer' : 'dpop'
    if (body.token_type !== tokenType) {
      const code = boundTo === undefined ? 'token_response_malformed' : 'token_not_bound'
      throw new ProtocolError(code, `The token response has a token_type other than ${tokenType}.`)
    }
    if (expected.required && idToken === undefined) {
      throw new ProtocolError(
        'id_token_missing',
        'The scope has openid, but the token response has no ID token.',
      )
    }
    const claims = oauth.getValidatedIdTokenClaims(body) as IdTokenClaims | undefined
    if (header && claims) {
      await checkIdTokenSignature(endpoint.metadata, endpoint.keySet, header, idToken as string)
      await checkIdTokenClaims(endpoint.client, claims, {
        ...expected,
        alg: header.alg,
        accessToken: body.access_token,
      })
    }
    return {
      accessToken: body.access_token,
      tokenType,
      boundTo,
      expiresIn: body.expires_in,
      refreshToken: body.refresh_token,
      refreshExpiresIn: readLifetime(body['refresh_expires_in'] ?? body['refresh_token_expires_in']),
      scope: body.scope,
      idToken: body.id_token,
      claims,
      authorizationDetails: readAuthorizationDetails(body.authorization_details),
    }
  } catch (error) {
    throw conciergeError(error)
  }
}

/** No part of OAuth, so what is no number of seconds says nothing; 0 is how some servers say that there is no end. */
function readLifetime(value: unknown): Seconds | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined
}

function readAuthorizationDetails(details: unknown): readonly AuthorizationDetail[] | undefined {
  const isList = Array.isArray(details) && details.every((detail) => typeof Object(detail).type === 'string')
  if (details === undefined || isList) return details as readonly AuthorizationDetail[] | undefined
  throw new ProtocolError(
    'token_response_malformed',
    'authorization_details must be a list of typed objects.',
  )
}

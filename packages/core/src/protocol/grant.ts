import * as oauth from 'oauth4webapi'
import { ServerError, UsageError } from '../errors.ts'
import { readRetryAfter, wholeText } from '../ports/bounded-request.ts'
import { epochSeconds, type EpochSeconds } from '../ports/clock.ts'
import { readJsonObject } from './amend-answer.ts'
import { oauthClient, type OAuthOptions } from './oauth.ts'
import type { TokenClient } from './token-client.ts'
import { requestToken as exchangeTokens, type TokenResponse } from './token-request.ts'

/** The parameters of a request as they are given: those without a value are left out, those with several are repeated. */
export type GivenParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** One token request. */
export interface Grant {
  readonly grantType: string
  readonly parameters: URLSearchParams
  /** Completes the parameters before each request, of which a DPoP nonce may call for two. */
  prepare?(): Promise<void>
  /** What is asked for. Counts as granted where the server does not say. */
  readonly scope: string | undefined
  /** Whether a user logs in, so that the scope `openid` calls for an ID token. */
  readonly isLogin?: boolean
  /** Puts the answer into the standard's form before it is read. */
  readonly amend?: (answer: Response) => Promise<Response>
}

/** A verified token response, and the members of the answer as they came. */
export interface Granted {
  readonly response: TokenResponse
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * Makes one token request of any grant type.
 * @throws ServerError `request_refused`; UsageError `not_supported_by_server`; ProtocolError; TransportError
 * @see RFC 6749 sections 4.5 and 5
 */
export async function requestToken(tokenClient: TokenClient, grant: Grant): Promise<Granted> {
  const { client, keySet } = tokenClient
  const metadata = await tokenClient.metadata()
  if (!metadata.token_endpoint) throw notSupported(client.issuer, 'token_endpoint')
  const required = grant.isLogin === true && hasOpenId(grant.scope)
  if (required && metadata.jwks_uri) keySet.prefetch(metadata.jwks_uri)
  let answer = new Response()
  const send = async (options: OAuthOptions): Promise<Response> => {
    await grant.prepare?.()
    const received = await oauth.genericTokenEndpointRequest(
      metadata,
      oauthClient(client),
      client.authentication,
      grant.grantType,
      grant.parameters,
      options,
    )
    answer = wholeText(received) === undefined ? received.clone() : received
    return grant.amend ? grant.amend(received) : received
  }
  try {
    const response = await exchangeTokens({ client, metadata, keySet }, { expected: { required }, send })
    const body = (await readJsonObject(answer)) ?? {}
    return { response: { ...response, scope: response.scope ?? grant.scope }, body }
  } catch (error) {
    throw withRetryAfter(error, answer, epochSeconds(client.runtime.clock))
  }
}

function hasOpenId(scope: string | undefined): boolean {
  return scope?.split(' ').includes('openid') ?? false
}

/** A refusal that says when to come back. */
function withRetryAfter(error: unknown, { headers }: Response, now: EpochSeconds): unknown {
  const retryAfter = readRetryAfter(headers.get('retry-after'), now)
  if (!(error instanceof ServerError) || retryAfter === undefined) return error
  return new ServerError(error.code, error.message, { ...error, retryAfter })
}

/** @param more what an application adds of its own; it cannot replace what is given */
export function buildParameters(
  given: GivenParameters,
  more: Readonly<Record<string, string>> = {},
): URLSearchParams {
  const parameters = new URLSearchParams(more)
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    parameters.delete(name)
    for (const one of typeof value === 'string' ? [value] : value) parameters.append(name, one)
  }
  return parameters
}

/** What to say where the server has no such endpoint. */
export function notSupported(issuer: string, endpoint: string): UsageError {
  return new UsageError('not_supported_by_server', `${issuer} names no ${endpoint}.`)
}

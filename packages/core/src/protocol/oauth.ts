import * as oauth from 'oauth4webapi'
import { boundedRequest, type RequestLimits } from '../ports/bounded-request.ts'
import { ConciergeError, ProtocolError, ServerError, TransportError } from '../errors.ts'
import type { Client } from './client.ts'

/** The request options of oauth4webapi that route every exchange through our bounded request. */
export interface OAuthOptions {
  readonly [oauth.customFetch]: (url: string, init: object) => Promise<Response>
  /** Endpoints were checked with the metadata: http stays on loopback. */
  readonly [oauth.allowInsecureRequests]: true
}

/** Options for one call of oauth4webapi on behalf of `client`. */
export function oauthOptions(client: Client, limits?: RequestLimits): OAuthOptions {
  return {
    [oauth.customFetch]: (url, init: { readonly body?: unknown }) => {
      const send = (): Promise<Response> => boundedRequest(client.runtime, url, init as RequestInit, limits)
      return client.serverHabits?.(send, init.body) ?? send()
    },
    [oauth.allowInsecureRequests]: true,
  }
}

/**
 * The client as oauth4webapi wants it. Its clock is the global one, so its tolerance is without bound here
 * and every time claim is checked by ours.
 */
export function oauthClient(client: Client, idTokenAlgorithm?: string): oauth.Client {
  return {
    client_id: client.clientId,
    [oauth.clockTolerance]: Number.MAX_SAFE_INTEGER,
    ...(idTokenAlgorithm !== undefined && { id_token_signed_response_alg: idTokenAlgorithm }),
  }
}

/** Turns what oauth4webapi throws into our errors. Its own errors hold whole answers, so none of them goes on as a cause. */
export function conciergeError(error: unknown): ConciergeError {
  if (error instanceof ConciergeError) return error
  if (error instanceof oauth.ResponseBodyError) {
    return serverError('request_refused', error.error, error.error_description, error.status)
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    const challenge = error.cause[0]?.parameters
    return serverError(
      'request_refused',
      challenge?.error ?? 'unauthorized',
      challenge?.error_description,
      error.status,
    )
  }
  return protocolError(error as { code?: string; message: string; cause?: Record<string, unknown> })
}

function protocolError({
  code,
  message,
  cause,
}: {
  code?: string
  message: string
  cause?: Record<string, unknown>
}): ConciergeError {
  const claim = cause?.['claim'] ?? (cause?.['claims'] ? /"(\w+)"/.exec(message)?.[1] : undefined)
  if (typeof claim === 'string') {
    return new ProtocolError('id_token_claim_invalid', `The ID token is refused: ${message}.`, { claim })
  }
  if (code === oauth.RESPONSE_IS_NOT_JSON || code === oauth.RESPONSE_IS_NOT_CONFORM) {
    return new TransportError('unexpected_response', `The server gave an unexpected answer: ${message}.`)
  }
  return new ProtocolError('token_response_malformed', `The server's answer is malformed: ${message}.`)
}

/** A refusal in the server's words, cleaned of markup-free text's worst: anything long enough to be a token. */
export function serverError(
  code: 'access_denied' | 'authorization_refused' | 'request_refused',
  error: string,
  description: string | null | undefined,
  status?: number,
): ServerError {
  const errorDescription = description ? redact(description) : undefined
  const said = errorDescription ? `${redact(error)} (${errorDescription})` : redact(error)
  return new ServerError(code, `The authorization server says: ${said}.`, {
    error: redact(error),
    ...(errorDescription !== undefined && { errorDescription }),
    ...(status !== undefined && { status }),
  })
}

/** Printable ASCII, at most 200 characters, no run long enough to be a token. */
function redact(text: string): string {
  return text
    .slice(0, 2_000)
    .replace(/[^ -~]/g, ' ')
    .replace(/[\w.~+/=-]{24,}/g, '[redacted]')
    .slice(0, 200)
}

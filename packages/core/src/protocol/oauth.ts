import * as oauth from 'oauth4webapi'
import { boundedRequest, type RequestLimits } from '../ports/bounded-request.ts'
import { ConciergeError, ProtocolError, ServerError, TransportError } from '../errors.ts'
import { completeRuntime } from '../ports/default-runtime.ts'
import type { Clock } from '../ports/clock.ts'
import { readJsonObject } from './amend-answer.ts'
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
    [oauth.customFetch]: async (url, init: { readonly body?: unknown; readonly method?: string }) => {
      const send = (): Promise<Response> => boundedRequest(client.runtime, url, init as RequestInit, limits)
      const answer = await (client.serverHabits?.(send, init.body) ?? send())
      return init.method === 'POST' ? withoutChallenge(answer) : answer
    },
    [oauth.allowInsecureRequests]: true,
  }
}

/** A refusal says why in its body (RFC 6749 section 5.2); oauth4webapi would read only the challenge beside it. */
async function withoutChallenge(answer: Response): Promise<Response> {
  if (answer.status !== 401 || !(await readJsonObject(answer))?.['error']) return answer
  const headers = new Headers(answer.headers)
  headers.delete('www-authenticate')
  return new Response(answer.body, { status: answer.status, headers })
}

const clock: unique symbol = Symbol('clock')

/** Marks a client authentication for which requests go to the server's `mtls_endpoint_aliases`. */
export const usesMutualTls: unique symbol = Symbol('mutual TLS')

/** The clock of the client that oauth4webapi hands to a client authentication, which gets nothing else of ours. */
export function clockOf(client: oauth.Client & { readonly [clock]?: Clock }): Clock {
  return client[clock] ?? completeRuntime().clock
}

/**
 * The client as oauth4webapi wants it. Its clock is the global one, so its tolerance is without bound here
 * and every time claim is checked by ours.
 */
export function oauthClient(client: Client, idTokenAlgorithm?: string): oauth.Client {
  const self: oauth.Client & { readonly [clock]: Clock } = {
    client_id: client.clientId,
    use_mtls_endpoint_aliases: usesMutualTls in client.authentication,
    [clock]: client.runtime.clock,
    [oauth.clockTolerance]: Number.MAX_SAFE_INTEGER,
    ...(idTokenAlgorithm !== undefined && { id_token_signed_response_alg: idTokenAlgorithm }),
  }
  return self
}

/**
 * Turns what oauth4webapi throws into our errors. Its own errors hold whole answers, so none of them goes on as a cause.
 * @param malformed the code for an answer that is not what its endpoint gives
 */
export function conciergeError(
  error: unknown,
  malformed: MalformedCode = 'token_response_malformed',
): ConciergeError {
  if (error instanceof ConciergeError) return error
  if (error instanceof oauth.ResponseBodyError) {
    return serverError('request_refused', error.error, error.error_description, error.status)
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    const challenge = error.cause.find(({ parameters }) => parameters.error)?.parameters
    return serverError(
      'request_refused',
      challenge?.error ?? 'unauthorized',
      challenge?.error_description,
      error.status,
    )
  }
  return protocolError(error as OAuthFault, malformed)
}

type MalformedCode = 'token_response_malformed' | 'server_answer_malformed'

interface OAuthFault {
  readonly code?: string
  readonly message: string
  readonly cause?: Record<string, unknown>
}

function protocolError({ code, message, cause }: OAuthFault, malformed: MalformedCode): ConciergeError {
  const claim = cause?.['claim'] ?? (cause?.['claims'] ? /"(\w+)"/.exec(message)?.[1] : undefined)
  if (typeof claim === 'string' && malformed === 'token_response_malformed') {
    return new ProtocolError('id_token_claim_invalid', `The ID token is refused: ${message}.`, { claim })
  }
  if (code === oauth.RESPONSE_IS_NOT_JSON || code === oauth.RESPONSE_IS_NOT_CONFORM) {
    return new TransportError('unexpected_response', `The server gave an unexpected answer: ${message}.`)
  }
  return new ProtocolError(malformed, `The server's answer is malformed: ${message}.`)
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

/** Names of the specifications, such as `invalid_authorization_details`: words of small letters. */
const name = /^([a-z]{1,16}_)*[a-z]{1,16}$/

/** Printable ASCII, at most 200 characters, no run long enough to be a token. What is no text is dropped. */
function redact(text: unknown): string {
  if (typeof text !== 'string') return ''
  return text
    .slice(0, 2_000)
    .replace(/[^ -~]/g, ' ')
    .replace(/[\w.~+/=-]{24,}/g, (run) => (name.test(run) ? run : '[redacted]'))
    .slice(0, 200)
}

import { ServerError, TransportError } from '../errors.ts'
import { type Clock, epochSeconds, type Milliseconds, type Seconds } from '../ports/clock.ts'
import { untilAborted } from '../ports/until-aborted.ts'
import type { BackchannelAuthentication } from '../protocol/backchannel-authentication.ts'
import type { DeviceAuthorization } from '../protocol/device-authorization.ts'
import { requestToken } from '../protocol/grant.ts'
import type { PollingTerms } from '../protocol/login-request.ts'
import type { TokenClient } from '../protocol/token-client.ts'
import type { TokenResponse } from '../protocol/token-request.ts'

/** How a polling may be stopped. */
export interface PollingOptions {
  /** Stops it at once; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * Waits until the user has logged in on the other device, asking no more often than the server allows, and less often while it cannot be
 * reached. Hand the tokens to `relyingParty.beginSession()` to go on with a session.
 * @throws ServerError `access_denied` (the user declined), `authorization_expired` (the user took too long), `request_refused` (the server
 * refuses the request as such); ProtocolError; the signal's reason
 * @see RFC 8628 sections 3.4 and 3.5
 */
export function pollDeviceToken(
  tokenClient: TokenClient,
  authorization: DeviceAuthorization,
  options: PollingOptions = {},
): Promise<TokenResponse> {
  const { deviceCode, scope } = authorization
  const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
  const parameters = new URLSearchParams({ device_code: deviceCode })
  const ask = (): Promise<TokenResponse> => askForToken(tokenClient, { grantType, parameters, scope })
  return poll(tokenClient.client.runtime.clock, { ...authorization, ...options, ask })
}

/**
 * Waits until the user has answered the request on their own device, asking no more often than the server allows, and less often while it
 * cannot be reached. Hand the tokens to `relyingParty.beginSession()` to go on with a session.
 * @throws ServerError `access_denied` (the user declined), `authorization_expired` (the user took too long), `request_refused` (the server
 * refuses the request as such); ProtocolError; the signal's reason
 * @see OpenID Connect CIBA Core 1.0 sections 10.1 and 11
 */
export function pollBackchannelToken(
  tokenClient: TokenClient,
  authentication: BackchannelAuthentication,
  options: PollingOptions = {},
): Promise<TokenResponse> {
  const { authReqId, scope } = authentication
  const grantType = 'urn:openid:params:grant-type:ciba'
  const parameters = new URLSearchParams({ auth_req_id: authReqId })
  const ask = (): Promise<TokenResponse> => askForToken(tokenClient, { grantType, parameters, scope })
  return poll(tokenClient.client.runtime.clock, { ...authentication, ...options, ask })
}

async function askForToken(
  tokenClient: TokenClient,
  grant: { readonly grantType: string; readonly parameters: URLSearchParams; readonly scope: string },
): Promise<TokenResponse> {
  return (await requestToken(tokenClient, { ...grant, isLogin: true })).response
}

interface Polling extends PollingTerms, PollingOptions {
  ask(): Promise<TokenResponse>
}

/** How often to ask, as the answers so far have it. */
interface Pace {
  /** As the server has it. */
  readonly interval: Seconds
  /** Attempts in a row that had no answer of the server's. */
  readonly failures: number
  /** What the last answer asked to wait. */
  readonly retryAfter: Seconds
}

const slowDownBy: Seconds = 5
const longestBackoff: Seconds = 60

async function poll(clock: Clock, { expiresAt, interval, signal, ask }: Polling): Promise<TokenResponse> {
  // Counted on the clock that nobody sets: the wall clock is read once.
  const end = clock.monotonicTime() + (expiresAt - epochSeconds(clock)) * 1000
  let pace: Pace = { interval, failures: 0, retryAfter: 0 }
  for (;;) {
    const left = end - clock.monotonicTime()
    await clock.sleep(Math.max(0, Math.min(pauseOf(pace, left), left)), signal)
    if (clock.monotonicTime() >= end) throw expired()
    try {
      return await (signal ? untilAborted(signal, ask()) : ask())
    } catch (error) {
      signal?.throwIfAborted()
      pace = adjustPace(pace, error)
    }
  }
}

/** A back-off of our own never sleeps through the last chance; what the server asks for may. */
function pauseOf({ interval, failures, retryAfter }: Pace, left: Milliseconds): Milliseconds {
  const backoff = failures === 0 ? 0 : Math.min(longestBackoff, interval * 2 ** failures) * 1000
  return Math.max(interval * 1000, retryAfter * 1000, Math.min(backoff, left - 1000))
}

/** @throws what ends the polling */
function adjustPace(pace: Pace, error: unknown): Pace {
  const { retryAfter = 0 } = error as { readonly retryAfter?: Seconds }
  if (error instanceof TransportError) return { ...pace, failures: pace.failures + 1, retryAfter }
  const answered: Pace = { ...pace, failures: 0, retryAfter }
  switch (error instanceof ServerError ? error.error : undefined) {
    case 'authorization_pending':
      return answered
    case 'slow_down':
      return { ...answered, interval: pace.interval + slowDownBy }
    case 'access_denied':
      throw new ServerError('access_denied', 'The user, or the server, declined the login.', {
        error: 'access_denied',
      })
    case 'expired_token':
      throw expired()
    default:
      throw error
  }
}

function expired(): ServerError {
  return new ServerError(
    'authorization_expired',
    'The user did not log in before the time was up. Start again.',
    {
      error: 'expired_token',
    },
  )
}

import { SessionError, TransportError, UsageError } from '../errors.ts'
import { epochSeconds, type Seconds } from '../ports/clock.ts'
import { networkError } from '../ports/network-error.ts'
import type { Runtime } from '../ports/runtime.ts'
import { isSecureUrl } from '../protocol/client.ts'
import type { SenderConstraint } from '../protocol/sender-constraint.ts'
import type { Login } from '../session/live-session.ts'
import type { Renewal } from '../session/renewal.ts'
import type { AccessGrant } from '../session/token-set.ts'
import type { ChallengeHandler } from './challenge-handler.ts'
import { createReplayableRequest, type ReplayableRequest } from './replayable-request.ts'

/** The shape of the global fetch. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Whose calls they are. */
export interface Caller {
  readonly runtime: Runtime
  /** What the tokens are bound to; undefined where they serve whoever holds them. */
  readonly senderConstraint?: SenderConstraint | undefined
  /** The login in force: none at all for a machine. */
  login(): Login
}

/**
 * A fetch that attaches the access token, for the declared origins only. A 401 with `invalid_token` leads to one refresh and one replay, where
 * the body can be had again: not if it was a stream. So does a 401 whose challenge cannot be read, as in a browser where the API does not expose
 * `WWW-Authenticate` by CORS, but only for a token that is a minute old and can be renewed: one that was refused
 * fresh would be refused again, and no session ends by a guess.
 * A token that was superseded meanwhile is replaced without a refresh; a caller who aborts leaves a refresh under way to the others.
 * Redirects are refused, lest the token follow them.
 * @param apis origins such as `https://api.example.com`
 * @param handle looks at each answer before it is given out
 * @throws UsageError `api_not_declared`, `invalid_configuration`, `insecure_url`; TransportError `redirected`, `network_failed`, `offline`;
 * SessionError; the reason of the caller's own abort
 * @see RFC 6750 sections 2.1 and 3.1, RFC 9449 section 7.1
 */
export function createAuthorizedFetch(
  caller: Caller,
  renewal: Pick<Renewal, 'current' | 'otherThan'>,
  { apis, handle }: { readonly apis: readonly string[]; readonly handle?: ChallengeHandler | undefined },
): Fetch {
  const origins = apis.map(readOrigin)
  return async (input, init) => {
    const { request, again } = createReplayableRequest(input, init)
    checkDeclared(request, origins)
    const send = (request: Request, grant: AccessGrant): Promise<Response> =>
      sendWithToken(caller, { request, again }, grant)
    const replay = async (): Promise<Response | undefined> => {
      const copy = await again()
      return copy && send(copy, await renewal.current())
    }
    const call = async (): Promise<Response> => {
      let used = await renewal.current()
      const madeBy = caller.login()
      let response = await send(request, used).catch(async (error: unknown) => {
        if (!(error instanceof SessionError)) throw error
        // A lost key ends the session there, unless somebody has logged in with another since.
        used = await renewal.otherThan(used).catch(() => Promise.reject(error))
        return send(request, used)
      })
      if (refuses(response, used, caller)) {
        const copy = await again()
        if (!copy) return response
        await response.body?.cancel()
        used = await renewal.otherThan(used)
        response = await send(copy, used)
      }
      const { accessToken } = used
      return handle
        ? handle(response, { accessToken, madeBy, login: () => caller.login(), replay })
        : response
    }
    return untilAborted(request.signal, call)
  }
}

const freshlyRefused: Seconds = 60

/**
 * Whether an answer refuses the token, and another one may fare better. By a pattern: the reader of challenges would be in every page for this alone.
 * @see RFC 6750 section 3.1
 */
function refuses({ status, headers }: Response, { receivedAt }: AccessGrant, caller: Caller): boolean {
  const challenge = headers.get('www-authenticate')
  if (status !== 401) return false
  if (challenge) return /\berror\s*=\s*"?invalid_token\b/i.test(challenge)
  return caller.login().isRenewable && epochSeconds(caller.runtime.clock) - receivedAt >= freshlyRefused
}

function readOrigin(api: string): string {
  const url = URL.canParse(api) ? new URL(api) : undefined
  if (!url)
    throw new UsageError(
      'invalid_configuration',
      `apis must hold absolute URLs; "${api.slice(0, 100)}" is none.`,
    )
  if (!isSecureUrl(url))
    throw new UsageError('insecure_url', `A token may not travel over plain http to ${url.origin}.`)
  return url.origin
}

function checkDeclared({ url }: Request, origins: readonly string[]): void {
  const { origin } = new URL(url)
  if (origins.includes(origin)) return
  throw new UsageError(
    'api_not_declared',
    `No token goes to ${origin}: it is not among the declared apis. Add it to apis.`,
  )
}

/** A token that is bound to a key is never sent without its proof, whatever an API asks. */
function sendWithToken(
  { runtime, senderConstraint }: Caller,
  { request, again }: ReplayableRequest,
  { accessToken, boundTo }: AccessGrant,
): Promise<Response> {
  const send = (request: Request): Promise<Response> => sendOnce(runtime, request)
  if (senderConstraint) return senderConstraint.fetch({ accessToken, boundTo, request, again, send })
  request.headers.set('authorization', `Bearer ${accessToken}`)
  return send(request)
}

async function sendOnce(runtime: Runtime, request: Request): Promise<Response> {
  const { signal, url } = request
  signal.throwIfAborted()
  const response = await runtime.http(url, request).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw networkError(runtime, url, error)
  })
  if (
    response.type === 'opaqueredirect' ||
    (response.status >= 300 && response.status < 400 && response.headers.has('location'))
  ) {
    const { origin, pathname } = new URL(url)
    throw new TransportError(
      'redirected',
      `${origin}${pathname} redirects. Call the final address: a token does not follow redirects.`,
    )
  }
  return response
}

/** Gives up with the signal's reason as soon as that is aborted; what is under way goes on for whoever else waits for it. */
function untilAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work().then(resolve, reject)
  })
}

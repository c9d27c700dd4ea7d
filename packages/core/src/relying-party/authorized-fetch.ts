import { TransportError, UsageError } from '../errors.ts'
import { networkError } from '../ports/bounded-request.ts'
import type { Renewal } from '../session/renewal.ts'
import type { AccessGrant } from '../session/token-set.ts'
import type { RelyingPartyContext } from './context.ts'
import { isSecureUrl } from '../protocol/client.ts'

/** The shape of the global fetch. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * A fetch that attaches the access token, for the declared origins only. A 401 with `invalid_token` leads to one refresh and one
 * replay, unless the body was a stream: that went out with the first attempt. Redirects are refused, lest the token follow them.
 * @param apis origins such as `https://api.example.com`
 * @throws UsageError `api_not_declared`, `invalid_configuration`, `insecure_url`; TransportError `redirected`, `network_failed`, `offline`; SessionError
 * @see RFC 6750 sections 2.1 and 3.1
 */
export function createAuthorizedFetch(
  context: RelyingPartyContext,
  renewal: Renewal,
  apis: readonly string[],
): Fetch {
  const origins = apis.map(readOrigin)
  return async (input, init) => {
    const request = new Request(input, { ...init, redirect: 'manual' })
    const { origin } = new URL(request.url)
    if (!origins.includes(origin)) {
      throw new UsageError(
        'api_not_declared',
        `No token goes to ${origin}: it is not among the declared apis. Add it to apis.`,
      )
    }
    const canReplay = !(init?.body instanceof ReadableStream) && !(input instanceof Request && input.body)
    const spare = canReplay ? request.clone() : undefined
    const used = await renewal.current()
    const response = await send(context, request, used)
    if (!spare || !isInvalidToken(response)) return response
    await response.body?.cancel()
    return send(context, spare, await renewal.otherThan(used))
  }
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

async function send(
  { client }: RelyingPartyContext,
  request: Request,
  { accessToken }: AccessGrant,
): Promise<Response> {
  request.headers.set('authorization', `Bearer ${accessToken}`)
  const { origin, pathname } = new URL(request.url)
  const response = await client.runtime.http(request.url, request).catch((error: unknown) => {
    if (request.signal.aborted) throw error
    throw networkError(client.runtime, request.url, error)
  })
  if (
    response.type === 'opaqueredirect' ||
    (response.status >= 300 && response.status < 400 && response.headers.has('location'))
  ) {
    throw new TransportError(
      'redirected',
      `${origin}${pathname} redirects. Call the final address: a token does not follow redirects.`,
    )
  }
  return response
}

function isInvalidToken(response: Response): boolean {
  const challenge = response.headers.get('www-authenticate') ?? ''
  return response.status === 401 && /\berror="?invalid_token\b/.test(challenge)
}

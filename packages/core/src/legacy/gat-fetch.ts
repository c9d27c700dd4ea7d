import { TransportError, UsageError } from '../errors.ts'
import { networkError } from '../ports/network-error.ts'
import { isSecureUrl } from '../protocol/client.ts'
import type { TokenClient } from '../protocol/token-client.ts'
import { checkOptIn, unsafeAllowGat } from './opt-in.ts'

/** Which token goes where. */
export interface GatFetchOptions {
  readonly allowGat: typeof unsafeAllowGat
  /** As `requestGat` gave it. */
  readonly gat: string
  /** Origins such as `https://api.example.com` that the token may be sent to. */
  readonly apis: readonly string[]
}

/**
 * A fetch that attaches a GAT, by both headers it needs, for the declared origins only. Redirects are refused, lest the token follow them.
 *
 * Do not use it where you have the choice; `requestGat` says why.
 * @throws UsageError `legacy_not_allowed`, `insecure_url`, `invalid_configuration`; from the fetch: UsageError `api_not_declared`;
 * TransportError `redirected`, `network_failed`, `offline`
 */
export function createGatFetch(
  { client }: TokenClient,
  { allowGat, gat, apis }: GatFetchOptions,
): (input: string | URL, init?: RequestInit) => Promise<Response> {
  checkOptIn('allowGat', allowGat, unsafeAllowGat)
  const origins = apis.map(readOrigin)
  return async (input, init) => {
    const { href, origin, pathname } = new URL(input)
    if (!origins.includes(origin)) {
      throw new UsageError(
        'api_not_declared',
        `No token goes to ${origin}: it is not among the declared apis.`,
      )
    }
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${gat}`)
    headers.set('gat', 'true')
    const request: RequestInit = { ...init, headers, redirect: 'manual' }
    const response = await client.runtime.http(href, request).catch((error: unknown) => {
      if (init?.signal?.aborted) throw error
      throw networkError(client.runtime, href, error)
    })
    const redirects = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)
    if (!redirects || response.status === 304) return response
    throw new TransportError('redirected', `${origin}${pathname} redirects. Call the final address.`)
  }
}

function readOrigin(api: string): string {
  const url = URL.canParse(api) ? new URL(api) : undefined
  if (!url) throw new UsageError('invalid_configuration', 'apis must hold absolute URLs.')
  if (isSecureUrl(url)) return url.origin
  throw new UsageError('insecure_url', `A token may not travel over plain http to ${url.origin}.`)
}

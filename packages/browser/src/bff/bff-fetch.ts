import { type Fetch, type Http, SessionError, UsageError } from '@oauth-concierge/core'
import { requestBff } from './request-bff.ts'
import type { SessionAnswer } from './request-session.ts'

/**
 * A fetch that reaches the declared APIs by way of the BFF, which has the access token.
 * @param known what the BFF last said
 * @param onRefused called when the BFF has no session for a call; `ranOut` where it had one
 * @throws UsageError `api_not_declared`, `not_in_browser`; SessionError `login_required`, `session_expired`; TransportError as `start` does;
 * the reason of the caller's own abort
 */
export function createBffFetch(
  http: Http,
  known: () => Promise<SessionAnswer>,
  onRefused: (ranOut: boolean) => Promise<void>,
): Fetch {
  return async (input, init) => {
    const { apis } = await known()
    const request = new Request(input, init)
    const { url, method, headers, signal } = request
    const place = findPlace(url, apis)
    if (!place) throw new UsageError('api_not_declared', `The BFF has no API at ${url.split('?', 1)}.`)
    const body = await request.blob()
    const response = await requestBff(http, place, {
      ...init,
      method,
      headers,
      signal,
      body: body.size ? body : null,
    })
    const error = response.headers.get('x-concierge-error')
    if (response.status === 401 && error) {
      await onRefused(error === 'session_expired')
      throw new SessionError(error as SessionError['code'], 'The BFF has no session.')
    }
    return response
  }
}

/** Where the BFF answers in place of an address. */
function findPlace(address: string, apis: SessionAnswer['apis']): string | undefined {
  for (const [api, path] of apis) {
    const rest = address.slice(api.length)
    if (api + rest === address && /^([/?#]|$)/.test(rest)) return path + rest
  }
  return undefined
}

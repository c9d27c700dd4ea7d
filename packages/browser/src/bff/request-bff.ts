import { type ErrorDetails, type Http, TransportError } from '@oauth-concierge/core'

/**
 * One request to the BFF: with the header that no page of another origin can send, the cookies of this origin only, and no redirect.
 * @throws TransportError `offline`, `network_failed`, `redirected`; whatever aborts the request, as it is
 */
export async function requestBff(
  http: Http,
  url: string,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('x-concierge', '1')
  const response = await http(url, {
    ...init,
    headers,
    mode: 'same-origin',
    credentials: 'same-origin',
    redirect: 'manual',
  }).catch((error: unknown) => {
    throw init.signal.aborted ? error : unusable(url, navigator.onLine ? 'network_failed' : 'offline')
  })
  if (response.status === 0) throw unusable(url, 'redirected')
  return response
}

/** The answer did not come, or is none of a BFF. The address is named without its query, which may hold what no message should. */
export function unusable(url: string, code: TransportError['code'], details?: ErrorDetails): TransportError {
  return new TransportError(code, `The BFF has no answer at ${url.split('?', 1)}.`, details)
}

import type { BffRequest } from './exchange.ts'

/** A header that no page of another origin can send without asking first, which is never allowed. */
const callerHeader = 'x-concierge'

/**
 * Whether a script of the application's own origin made this request: by the header that only such a script can send, and by what the
 * browser says of the caller, where it does.
 * @see OAuth 2.0 for Browser-Based Applications section 6.1.3.3
 */
export function isOwnScript(request: BffRequest, origin: string): boolean {
  return (
    request.header(callerHeader) === '1' &&
    fetchedFrom(request, ['same-origin']) &&
    hasOrigin(request, origin)
  )
}

/** Whether the user went here: by a link or form of the application, or by themselves. Never by a page of another site, and never ahead of time. */
export function isOwnNavigation(request: BffRequest): boolean {
  return fetchedFrom(request, ['same-origin', 'none']) && isNavigation(request)
}

/** Whether the browser comes here as a page of its own, from wherever. */
export function isNavigation(request: BffRequest): boolean {
  const [mode = 'navigate', destination = 'document'] = ['sec-fetch-mode', 'sec-fetch-dest'].map(
    request.header,
  )
  return mode === 'navigate' && destination === 'document' && !isAheadOfTime(request)
}

/** Whether a form of the application's own origin was sent. One of the two headers must say so. */
export function isOwnForm(request: BffRequest, origin: string): boolean {
  const says = request.header('sec-fetch-site') !== undefined || request.header('origin') !== undefined
  return says && fetchedFrom(request, ['same-origin']) && hasOrigin(request, origin)
}

/** A browser that only prepares for a click has not been asked to do anything yet. */
function isAheadOfTime(request: BffRequest): boolean {
  return ['sec-purpose', 'purpose', 'x-moz'].some((name) =>
    /prefetch|prerender|preview/i.test(request.header(name) ?? ''),
  )
}

function fetchedFrom(request: BffRequest, sites: readonly string[]): boolean {
  const site = request.header('sec-fetch-site')
  return site === undefined || sites.includes(site)
}

/**
 * A page that sends no referrers (`Referrer-Policy: no-referrer`) says `null` to its own origin as well. The browser's word that it is the
 * same origin is enough then; a frame in a sandbox, which says `null` too, is told to be of another site.
 */
function hasOrigin(request: BffRequest, origin: string): boolean {
  const said = request.header('origin') ?? origin
  return said === origin || (said === 'null' && request.header('sec-fetch-site') === 'same-origin')
}

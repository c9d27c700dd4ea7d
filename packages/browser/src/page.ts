import { UsageError } from '@oauth-concierge/core'

/** Where a page stands at its authorization server. */
export interface PageAddresses {
  /** Where the authorization server sends the user back to; registered there to the letter. Default: the root of the page's origin. */
  readonly redirectUri?: string
  /** Where the user comes back to after a logout; registered there to the letter. Default: the root of the page's origin. */
  readonly postLogoutRedirectUri?: string
}

/** @throws UsageError `not_in_browser` */
export function pageOrigin(): string {
  if (typeof window === 'undefined') {
    throw new UsageError(
      'not_in_browser',
      'start(), login() and logout() need a page. Call them in the browser only.',
    )
  }
  return window.location.origin
}

/** The root of the page's origin, to which it comes back unless it says otherwise. @throws UsageError `not_in_browser` */
export function pageRoot(): string {
  return `${pageOrigin()}/`
}

/** Where the user is, as a path with query and fragment. */
export function pagePath(): string {
  const { pathname, search, hash } = window.location
  return `${pathname}${search}${hash}`
}

/** Puts a path into the address without leaving the page. */
export function showPath(path: string): void {
  window.history.replaceState(window.history.state, '', path)
}

/** Resolves once somebody looks at the page: a page that is rendered ahead of time must not spend what serves once. */
export function onceShown(): Promise<void> {
  const page = document as Document & { readonly prerendering?: boolean }
  if (page.prerendering !== true) return Promise.resolve()
  return new Promise((resolve) =>
    page.addEventListener('prerenderingchange', () => resolve(), { once: true }),
  )
}

/** Calls `wake` whenever the page may have slept through something, and says whether it was in the back-forward cache; gives the way to stop it. */
export function onWake(wake: (isRestored: boolean) => void): () => void {
  const over = new AbortController()
  const { signal } = over
  const whenVisible = (): void => {
    if (document.visibilityState === 'visible') wake(false)
  }
  const whenRestored = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) wake(true)
  }
  document.addEventListener('visibilitychange', whenVisible, { signal })
  window.addEventListener('pageshow', whenRestored, { signal })
  window.addEventListener('online', () => wake(false), { signal })
  return () => over.abort()
}

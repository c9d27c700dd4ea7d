import type { FinishedLogin } from '@oauth-concierge/core'

/**
 * Remembers what to give back when this tab returns from a login. Where the browser stores nothing, nothing is given back.
 * @param session anything that tells the session before the login from the one after it
 */
export function beginVisit(key: string, session: string | undefined, finished: FinishedLogin): void {
  const entry = JSON.stringify({ ...finished, session })
  try {
    sessionStorage[key] = entry
  } catch {}
}

/** Gives that back, once, after a login; undefined where there is no session, or still the one before it. */
export function finishVisit(key: string, session: string | undefined): FinishedLogin | undefined {
  try {
    const { session: before, ...finished } = JSON.parse(sessionStorage[key])
    if (session && session !== before) {
      delete sessionStorage[key]
      return finished
    }
  } catch {}
  return undefined
}

import { type Clock, type Milliseconds, SessionError } from '@oauth-concierge/core'

const betweenLooks: Milliseconds = 500
/** For an answer that is on its way from a window that closed itself. */
const patience: Milliseconds = 1_000
/** For a user who turned to the page while the login goes on in a window that cannot be seen from here. */
const longPatience: Milliseconds = 10_000

/**
 * Never resolves; rejects once the user has left the login window.
 *
 * `closed` alone does not say so: a Cross-Origin-Opener-Policy, of this page or of any that the window shows, makes it true while the window is
 * open. So it takes a second sign, that the user is back at this page and no answer comes. Where the window was never seen at another site it may
 * have been out of sight from the start; then they must have come back after they were away, and stay for longer.
 */
export async function untilLeft(opened: Window, clock: Clock, signal: AbortSignal): Promise<never> {
  const focus = { cameBack: false }
  window.addEventListener('focus', () => (focus.cameBack = true), { signal })
  window.addEventListener('blur', () => (focus.cameBack = false), { signal })
  let wasSeen = false
  let since: Milliseconds | undefined
  for (;;) {
    await clock.sleep(betweenLooks, signal)
    const isBack = opened.closed && (wasSeen ? document.hasFocus() : focus.cameBack)
    wasSeen ||= !opened.closed && isElsewhere(opened)
    since = isBack ? (since ?? clock.monotonicTime()) : undefined
    if (since === undefined) continue
    if (clock.monotonicTime() - since >= (wasSeen ? patience : longPatience)) throw windowClosed()
  }
}

export function windowClosed(): SessionError {
  return new SessionError('login_dismissed', 'The login window was closed before the login was done.')
}

/** Another site's document cannot be looked at; one that can is the blank one, or the page at the redirect URI. */
function isElsewhere(opened: Window): boolean {
  try {
    return !opened.document
  } catch {
    return true
  }
}

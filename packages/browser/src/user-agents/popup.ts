import { SessionError, TransportError, type UserAgent, type Visit } from '@oauth-concierge/core'
import { hearAnswer, untilAborted } from './hear-answer.ts'
import { ownAddress } from './own-address.ts'
import { redirectUserAgent } from './redirect-user-agent.ts'
import { untilLeft, windowClosed } from './until-left.ts'

/** How a login window is opened. */
export interface PopupOptions {
  /** The page that calls `relayCallback()`: a path, or an address of the page's own origin, registered at the server to the letter. */
  readonly redirectUri: string
  /** As `window.open` takes them, without `noopener`. Default: 480 by 640 pixels, over the middle of the page's window. */
  readonly features?: string
  /** What a browser's refusal to open the window leads to: the error `popup_blocked`, or a login by redirect. Default: `throw`. */
  readonly whenBlocked?: 'redirect' | 'throw'
}

/**
 * A login window beside the page: `login()` resolves in the page once the session is there. The answer comes by BroadcastChannel from the page at
 * `redirectUri`, so that neither a Cross-Origin-Opener-Policy nor a `window.closed` that lies about an open window gets in its way. Call `login()`
 * in the handler of a click. A new login takes the place of one under way. The window is cut off from the page (`opener`) wherever answers come
 * without it. A logout leaves the page, as it does without a popup.
 * @returns an agent for `createAuth` or one `login()`, which then throws TransportError `popup_blocked`; SessionError `login_dismissed`
 */
export function popup({ redirectUri, features, whenBlocked }: PopupOptions): UserAgent {
  let latest: AbortController | undefined
  const open = (): UserAgent => {
    const address = ownAddress(redirectUri)
    latest?.abort(new SessionError('login_dismissed', 'Another login took the place of this one.'))
    const opened = window.open('about:blank', '_blank', features ?? overTheMiddle())
    if (!opened || opened.closed) return blocked(whenBlocked)
    const superseded = (latest = new AbortController()).signal
    return {
      ...agent,
      redirectUri: address,
      close: () => opened.close(),
      authorize: (url, visit) => authorize(opened, { url, superseded, ...visit }),
    }
  }
  const agent: UserAgent = {
    open,
    authorize: (url, visit) => open().authorize(url, visit),
    endSession: redirectUserAgent.endSession,
  }
  return agent
}

function blocked(whenBlocked: PopupOptions['whenBlocked']): UserAgent {
  if (whenBlocked === 'redirect') return redirectUserAgent
  throw new TransportError(
    'popup_blocked',
    'The browser blocked the login window. Call login() in the handler of a click, before anything is awaited there.',
  )
}

interface PopupVisit extends Visit {
  readonly url: string
  /** Aborted when another login begins. */
  readonly superseded: AbortSignal
}

async function authorize(opened: Window, visit: PopupVisit): Promise<URLSearchParams> {
  const { url, state, superseded, clock } = visit
  const over = new AbortController()
  const { signal } = over
  // Until it goes to another site nothing can hide it.
  if (opened.closed) throw windowClosed()
  try {
    if (!needsOpener()) opened.opener = null
    opened.location.replace(url)
    return await Promise.race([
      hearAnswer({ state, from: opened, signal }),
      untilLeft(opened, clock, signal),
      untilAborted([superseded, visit.signal], signal),
    ])
  } finally {
    over.abort()
    opened.close()
  }
}

/** A page inside another site's has channels of its own there, which a window does not share. */
function needsOpener(): boolean {
  return window.top !== window || typeof BroadcastChannel === 'undefined'
}

function overTheMiddle(): string {
  const [width, height] = [480, 640]
  const left = Math.round(window.screenX + (window.outerWidth - width) / 2)
  const top = Math.round(window.screenY + (window.outerHeight - height) / 2)
  return `popup,width=${width},height=${height},left=${left},top=${top}`
}

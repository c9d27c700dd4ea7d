import {
  type Milliseconds,
  TransportError,
  UsageError,
  type UserAgent,
  type Visit,
} from '@oauth-concierge/core'
import { hearAnswer, untilAborted } from './hear-answer.ts'
import { ownAddress } from './own-address.ts'
import { redirectUserAgent } from './redirect-user-agent.ts'

/** How a silent login is made. */
export interface IframeOptions {
  /** The page that calls `relayCallback()`: a path, or an address of the page's own origin, registered at the server to the letter. */
  readonly redirectUri: string
  /** How long the answer may take. Default 10,000. */
  readonly timeout?: Milliseconds
  /**
   * Declares that the authorization server is on the page's site: `app.example.com` and `id.example.com` are, `app.example.co.uk` and
   * `id.other.co.uk` are not, and host names alone do not show it. Not needed where one host is the other, or a part of it.
   */
  readonly sameSite?: true
}

/**
 * A silent login (`prompt=none`) in a hidden frame: it works where the browser sends the authorization server its cookies there, which is on the
 * page's own site only. Where the user would have to do something the login is refused: ServerError `authorization_refused` with `error` such as
 * `login_required`.
 * @returns an agent for one `login()` or `withSilentRestore`, which then throws UsageError `frame_not_possible`; TransportError `timed_out`
 * @see OpenID Connect Core section 3.1.2.1
 */
export function iframe({ redirectUri, timeout = 10_000, sameSite }: IframeOptions): UserAgent {
  return {
    get redirectUri() {
      return ownAddress(redirectUri)
    },
    prompt: 'none',
    authorize: async (url, visit) => {
      const server = new URL(url)
      if (!sameSite) checkSameSite(server)
      return authorize(server, { relay: ownAddress(redirectUri), timeout, ...visit })
    },
    endSession: redirectUserAgent.endSession,
  }
}

function checkSameSite(server: URL): void {
  const { protocol, hostname } = location
  const [here, there] = [`.${hostname}`, `.${server.hostname}`]
  if (protocol === server.protocol && (here.endsWith(there) || there.endsWith(here))) return
  throw new UsageError(
    'frame_not_possible',
    `${server.host} may be on another site than ${location.host}, and browsers withhold its cookies in a frame then. Declare sameSite: true if it is on the same one; else use refresh tokens or a login by redirect.`,
  )
}

interface FrameVisit extends Visit {
  readonly relay: string
  readonly timeout: Milliseconds
}

async function authorize(server: URL, visit: FrameVisit): Promise<URLSearchParams> {
  const over = new AbortController()
  const { signal } = over
  const frame = document.createElement('iframe')
  frame.hidden = true
  // The server's page may run its scripts, and may not take this page away.
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin')
  frame.src = server.href
  try {
    const forbidden = untilForbidden(server, signal)
    document.body.append(frame)
    const answer = hearAnswer({ state: visit.state, from: frame.contentWindow, signal })
    return await Promise.race([
      answer,
      forbidden,
      untilLate(frame, server, { ...visit, over: signal }),
      untilAborted([visit.signal], signal),
    ])
  } finally {
    over.abort()
    frame.remove()
  }
}

/** The page's own policy forbids a frame of the server, or of the page that hands the answer on. */
function untilForbidden({ origin }: URL, signal: AbortSignal): Promise<never> {
  const isOurs = (uri: string): boolean => uri.startsWith(origin) || uri.startsWith(location.origin)
  return new Promise((_, reject) => {
    const look = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void => {
      if (effectiveDirective !== 'frame-src' || !isOurs(blockedURI)) return
      const words = `This page's Content-Security-Policy forbids the frame of a silent login. Set: frame-src 'self' ${origin}.`
      reject(new UsageError('frame_not_possible', words))
    }
    document.addEventListener('securitypolicyviolation', look, { signal })
  })
}

async function untilLate(
  frame: HTMLIFrameElement,
  { origin }: URL,
  { clock, timeout, relay, over }: FrameVisit & { readonly over: AbortSignal },
): Promise<never> {
  await clock.sleep(timeout, over)
  const { pathname } = new URL(relay)
  const words = frame.contentDocument
    ? `${pathname} handed nothing on: it must call relayCallback().`
    : `Either ${origin} forbids this page to frame it (X-Frame-Options must go, Content-Security-Policy: frame-ancestors must name ${location.origin}), or it showed a page in spite of prompt=none, or ${pathname} may not be framed (Content-Security-Policy: frame-ancestors 'self').`
  throw new TransportError('timed_out', `The silent login had no answer within ${timeout} ms. ${words}`)
}

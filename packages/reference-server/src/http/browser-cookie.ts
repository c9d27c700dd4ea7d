import { parse, serialize } from 'hono/utils/cookie'
import type { ServerContext } from '../context.ts'
import type { Guard } from '../guards.ts'
import type { Browser } from '../state/records.ts'

/**
 * The name of the session cookie. Cookies know no ports, so on plain http the port is part of the name: two servers on one machine
 * would otherwise log each other's users out. On https the `__Host-` prefix asks for Secure.
 */
export function cookieName(issuer: URL, { cookie }: Guard): string {
  return issuer.protocol === 'https:' ? `__Host-${cookie}` : `${cookie}-${issuer.port || '80'}`
}

/** The browser that sent this request, if its cookie for this guard is known. Default: the dialect's first guard. */
export function readBrowser(
  context: ServerContext,
  request: Request,
  guard: Guard = context.dialect.guards[0],
): Browser | undefined {
  const visitor = context.stores.visits.get(request)
  if (visitor) return visitor.guard === guard ? visitor : undefined
  const name = cookieName(new URL(context.settings.issuer), guard)
  const value = parse(request.headers.get('cookie') ?? '', name)[name]
  return value === undefined ? undefined : context.stores.browsers.get(value)
}

/** A browser seen for the first time by this guard: nobody is logged in. */
export function createBrowser(context: ServerContext, guard: Guard = context.dialect.guards[0]): Browser {
  const browser: Browser = { guard, cookie: context.newSecret(), login: undefined }
  keepBrowser(context, browser)
  return browser
}

/** Gives the browser a new cookie value, so that one known before the login is worth nothing after it. */
export function renewCookie(context: ServerContext, browser: Browser): void {
  context.stores.browsers.delete(browser.cookie)
  browser.cookie = context.newSecret()
  keepBrowser(context, browser)
}

function keepBrowser({ stores, clock, settings }: ServerContext, browser: Browser): void {
  stores.browsers.set(browser.cookie, browser, clock.now() + settings.lifetimes.session)
}

/** The answer, which also sets the browser's cookie: out of reach of scripts and of other sites' posts. */
export function withCookie(context: ServerContext, browser: Browser, answer: Response): Response {
  const issuer = new URL(context.settings.issuer)
  const options = {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: issuer.protocol === 'https:',
  } as const
  answer.headers.append('Set-Cookie', serialize(cookieName(issuer, browser.guard), browser.cookie, options))
  return answer
}

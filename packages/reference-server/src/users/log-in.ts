import type { ServerContext } from '../context.ts'
import { renewCookie } from '../http/browser-cookie.ts'
import type { User } from '../settings.ts'
import type { Browser } from '../state/records.ts'

/** Logs a user in, in one browser, whose cookie gets a new value. */
export function logIn(
  context: ServerContext,
  browser: Browser,
  { user, acr }: { user: User; acr: string | undefined },
): void {
  browser.login = { sid: context.newSecret(), user, authTime: context.clock.now(), acr }
  renewCookie(context, browser)
  context.ledger.addEvent({ type: 'login', username: user.username })
}

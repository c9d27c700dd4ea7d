import { consentToEverything } from '../authorization/consents.ts'
import type { ServerContext } from '../context.ts'
import { cookieName, createBrowser } from '../http/browser-cookie.ts'
import { logIn } from '../users/log-in.ts'
import { findProvider, findTestUser } from './find-test-user.ts'

/** Whom to log in. */
export interface SessionCookieRequest {
  /** Default: the first user. */
  readonly username?: string
  /** A client whose every scope the user has consented to, so that no page comes in between. */
  readonly consentTo?: string
  /** The authentication context class that the login reached. */
  readonly acr?: string
}

/** A cookie in the form that Playwright's `context.addCookies` takes. */
export interface SessionCookie {
  readonly name: string
  readonly value: string
  /** The server's origin. */
  readonly url: string
  readonly httpOnly: true
  readonly secure: boolean
  readonly sameSite: 'Lax'
}

/**
 * Logs a user in and gives the cookie of the browser in which that happened.
 *
 * @throws TypeError when there is no such user or client
 */
export type CreateSessionCookie = (request?: SessionCookieRequest) => SessionCookie

/** Builds the maker of session cookies of a server. */
export function createSessionCookies(context: ServerContext): CreateSessionCookie {
  return ({ username, consentTo, acr } = {}) => {
    const provider = findProvider(context, consentTo)
    const user = findTestUser(provider.users, username)
    if (consentTo !== undefined) consentToEverything(context, user, consentTo)
    const browser = createBrowser(context, provider.guard)
    logIn(context, browser, { user, acr })
    const issuer = new URL(context.settings.issuer)
    return {
      name: cookieName(issuer, provider.guard),
      value: browser.cookie,
      url: `${issuer.origin}/`,
      httpOnly: true,
      secure: issuer.protocol === 'https:',
      sameSite: 'Lax',
    }
  }
}

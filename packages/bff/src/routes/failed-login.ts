import { type ConciergeError, ProtocolError, ServerError } from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { page, redirect } from '../http/answers.ts'
import type { BffAnswer, HeaderList } from '../http/exchange.ts'
import { failedLoginPage, stylePolicy } from '../http/pages.ts'

/** How a login failed. */
export interface FailedLogin {
  readonly error: ConciergeError
  readonly returnTo: string
  readonly headers?: HeaderList
  /** Default: by what failed. */
  readonly status?: number
}

/** Tells the user so. Words of our own: those of the answer may be anybody's. */
export function failedLogin(
  { base, origin, failedLoginPath }: BffContext,
  { error, returnTo, headers = [], status = statusOf(error) }: FailedLogin,
): BffAnswer {
  if (failedLoginPath !== undefined) {
    const { pathname, searchParams, hash } = new URL(failedLoginPath, origin)
    searchParams.set('error', error.code)
    return redirect(`${pathname}?${searchParams}${hash}`, headers)
  }
  const again = `${base}/login?${new URLSearchParams({ return_to: returnTo })}`
  const html = failedLoginPage(wordsFor(error), error.code, again)
  return page(status, html, { policy: stylePolicy, headers })
}

function statusOf(error: ConciergeError): number {
  if (error.code === 'access_denied' || error.code === 'session_changed') return 403
  return error instanceof ProtocolError && error.code.startsWith('callback_') ? 400 : 502
}

function wordsFor(error: ConciergeError): string {
  switch (error.code) {
    case 'access_denied':
      return 'The login was declined. You can try again at any time.'
    case 'session_changed':
      return 'Somebody else is logged in here. Log out first to change users.'
    case 'callback_expired':
      return 'The login took too long.'
    case 'callback_state_unknown':
      return 'This login was not started in this browser, or too long ago.'
  }
  return error instanceof ServerError || error instanceof ProtocolError
    ? 'The login could not be completed.'
    : 'The login service cannot be reached at the moment.'
}

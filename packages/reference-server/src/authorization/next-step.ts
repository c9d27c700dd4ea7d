import type { ServerContext } from '../context.ts'
import { hasConsented } from './consents.ts'
import type { AuthorizationRequest, Browser, Login } from '../state/records.ts'

/** What has to happen before an authorization request can be answered with a code. */
export type NextStep =
  | { readonly step: 'login' | 'consent' }
  | { readonly step: 'done'; readonly login: Login }

/** What the user has done already for this very request. */
export interface Progress {
  readonly freshLogin: boolean
  readonly freshConsent: boolean
}

function needsLogin(context: ServerContext, request: AuthorizationRequest, login: Login): boolean {
  const { prompts, maxAge, acrValues, hintedSubject } = request
  const age = context.clock.now() - login.authTime
  const isTooOld = maxAge !== undefined && (maxAge === 0 || age > maxAge)
  const isTooWeak = acrValues.length > 0 && !acrValues.includes(login.acr ?? '')
  const isSomebodyElse = hintedSubject !== undefined && hintedSubject !== login.user.subject
  return (
    prompts.includes('login') || prompts.includes('select_account') || isTooOld || isTooWeak || isSomebodyElse
  )
}

function needsConsent(context: ServerContext, request: AuthorizationRequest, login: Login): boolean {
  if (request.prompts.includes('consent')) return true
  return !request.client.skipConsent && !hasConsented(context, login.user, request)
}

/**
 * Decides what comes next for a request in this browser.
 *
 * @see OpenID Connect Core 1.0 sections 3.1.2.3 and 3.1.2.4
 */
export function decideNextStep(
  context: ServerContext,
  request: AuthorizationRequest,
  { login }: Browser,
  progress: Progress,
): NextStep {
  if (!login || (!progress.freshLogin && needsLogin(context, request, login))) return { step: 'login' }
  if (!progress.freshConsent && needsConsent(context, request, login)) return { step: 'consent' }
  return { step: 'done', login }
}

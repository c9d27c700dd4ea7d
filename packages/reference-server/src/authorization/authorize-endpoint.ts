import type { Call, Endpoint } from '../context.ts'
import { createBrowser, readBrowser, withCookie } from '../http/browser-cookie.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { AuthorizationRequest, ReturnAddress } from '../state/records.ts'
import { checkAuthorizationRequest } from './authorization-request.ts'
import { respondWithError } from './authorization-response.ts'
import { answerWithCode, continueInteraction } from './continue-authorization.ts'
import { startInteraction } from './interactions.ts'
import { decideNextStep } from './next-step.ts'
import { readReturnAddress } from './return-address.ts'

const nothingYet = { freshLogin: false, freshConsent: false }

/** `prompt=none`: answered at once, with no page. */
function answerSilently(call: Call, request: AuthorizationRequest): Promise<Response> {
  const browser = readBrowser(call.context, call.request)
  const next = browser
    ? decideNextStep(call.context, request, browser, nothingYet)
    : { step: 'login' as const }
  if (next.step === 'done') return answerWithCode(call, request, next.login)
  throw new OAuthError(`${next.step}_required`, `the user would have to see the ${next.step} page`)
}

async function answerRequest(call: Call, returnAddress: ReturnAddress): Promise<Response> {
  const { context } = call
  const request = await checkAuthorizationRequest(context, call.received, returnAddress)
  if (request.prompts.includes('none')) return answerSilently(call, request)
  const browser = readBrowser(context, call.request) ?? createBrowser(context)
  const answer = await continueInteraction(call, startInteraction(context, request, browser))
  return withCookie(context, browser, answer)
}

async function authorize(call: Call): Promise<Response> {
  const returnAddress = readReturnAddress(call.context, call.received)
  try {
    return await answerRequest(call, returnAddress)
  } catch (error) {
    if (error instanceof OAuthError) return respondWithError(call, returnAddress, error)
    throw error
  }
}

/** The authorization endpoint. @see RFC 6749 section 3.1, OpenID Connect Core 1.0 section 3.1.2 */
export const authorizeEndpoint: Endpoint = {
  name: 'authorize',
  path: '/authorize',
  methods: ['GET', 'POST'],
  metadata: 'authorization_endpoint',
  origins: 'none',
  speaks: 'html',
  handle: authorize,
}

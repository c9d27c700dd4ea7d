import type { Call } from '../context.ts'
import { redirectAnswer } from '../http/answers.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { AuthorizationRequest, Interaction, Login } from '../state/records.ts'
import { respondWithCode, respondWithError } from './authorization-response.ts'
import { interactionUrl } from './interactions.ts'
import { decideNextStep } from './next-step.ts'

/** Issues a code. */
export function answerWithCode(call: Call, request: AuthorizationRequest, login: Login): Promise<Response> {
  const { stores, clock, settings, ledger, newSecret } = call.context
  const code = newSecret()
  const expiresAt = clock.now() + settings.lifetimes.code
  // Kept longer than it is good for: a replay is to be noticed for as long as its access token lives.
  const keepUntil = expiresAt + settings.lifetimes.accessToken
  stores.codes.set(code, { request, login, expiresAt, spentFor: undefined }, keepUntil)
  ledger.addToken({
    kind: 'code',
    id: stores.nextId('code'),
    familyId: undefined,
    clientId: request.client.clientId,
    subject: login.user.subject,
    scope: request.scopes.join(' '),
    expiresAt,
  })
  return respondWithCode(call, request, code)
}

/** Answers a request that nothing stands in the way of any more, as its `response_type` asks. */
export function answerRequest(call: Call, request: AuthorizationRequest, login: Login): Promise<Response> {
  const responseType = call.context.dialect.responseTypes[request.responseType]
  if (responseType) return responseType.answer(call, request, login)
  throw new TypeError(`no response_type is named ${request.responseType}`)
}

/** Leads the user to the next page of an interaction, or back to the client. */
export async function continueInteraction(call: Call, interaction: Interaction): Promise<Response> {
  const { context } = call
  const { request, browser } = interaction
  const next = decideNextStep(context, request, browser, interaction)
  if (next.step !== 'done') return redirectAnswer(interactionUrl(context, next.step, interaction))
  context.stores.interactions.delete(interaction.id)
  if (request.hintedSubject !== undefined && request.hintedSubject !== next.login.user.subject) {
    return respondWithError(call, request, new OAuthError('login_required', 'somebody else has logged in'))
  }
  const losesNonce = interaction.freshConsent && context.dialect.losesNonceOnConsent
  return answerRequest(call, losesNonce ? { ...request, nonce: undefined } : request, next.login)
}

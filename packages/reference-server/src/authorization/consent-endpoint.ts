import type { Call, Endpoint } from '../context.ts'
import { redirectAnswer } from '../http/answers.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { consentPage } from '../pages/consent-page.ts'
import type { Interaction, Login } from '../state/records.ts'
import { respondWithError } from './authorization-response.ts'
import { rememberConsent } from './consents.ts'
import { continueInteraction } from './continue-authorization.ts'
import { interactionUrl, readInteraction } from './interactions.ts'
import { decideNextStep } from './next-step.ts'

function decide(call: Call, interaction: Interaction, login: Login): Promise<Response> {
  const { context } = call
  if (call.received.values.get('decision') !== 'allow') {
    context.stores.interactions.delete(interaction.id)
    const denied = new OAuthError('access_denied', 'the user refused')
    return respondWithError(call, interaction.request, denied)
  }
  rememberConsent(context, login.user, interaction.request)
  interaction.freshConsent = true
  return continueInteraction(call, interaction)
}

async function consent(call: Call): Promise<Response> {
  const interaction = readInteraction(call)
  const { request, browser } = interaction
  call.entry.clientId = request.client.clientId
  const isBeforeLogin = decideNextStep(call.context, request, browser, interaction).step === 'login'
  if (!browser.login || isBeforeLogin) {
    return redirectAnswer(interactionUrl(call.context, 'login', interaction))
  }
  if (call.request.method === 'POST') return decide(call, interaction, browser.login)
  const { scopes: words, authorizationDetailsTypes: typeWords } = call.context.settings
  return consentPage({ interaction, login: browser.login, words, typeWords })
}

/** The consent page and its form. */
export const consentEndpoint: Endpoint = {
  name: 'consent',
  path: '/consent',
  methods: ['GET', 'POST'],
  origins: 'none',
  speaks: 'html',
  handle: consent,
}

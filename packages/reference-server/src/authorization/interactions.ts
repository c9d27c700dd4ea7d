import type { Call, ServerContext } from '../context.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { readPageInteraction } from '../http/page-interaction.ts'
import type { AuthorizationRequest, Browser, Interaction } from '../state/records.ts'

const interactionSeconds = 3600

/** Puts a request aside until the user has logged in and consented. */
export function startInteraction(
  { stores, clock, newSecret }: ServerContext,
  request: AuthorizationRequest,
  browser: Browser,
): Interaction {
  const interaction: Interaction = {
    id: newSecret(),
    request,
    browser,
    formToken: newSecret(),
    freshLogin: false,
    freshConsent: false,
  }
  stores.interactions.set(interaction.id, interaction, clock.now() + interactionSeconds)
  return interaction
}

/** The address of the page where the user takes the next step. */
export function interactionUrl(
  context: ServerContext,
  step: 'login' | 'consent',
  { id, request }: Interaction,
): string {
  const endpoint = step === 'login' ? request.client.userProvider.guard.loginEndpoint : step
  return `${endpointUrl(context, endpoint)}?interaction=${id}`
}

/**
 * The interaction that a page or form of this browser belongs to.
 *
 * @throws OAuthError `invalid_request` when it has ended, is another browser's, or the form is a forgery
 */
export function readInteraction(call: Call): Interaction {
  return readPageInteraction(call, call.context.stores.interactions)
}

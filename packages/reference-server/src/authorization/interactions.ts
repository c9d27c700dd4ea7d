import type { Call, ServerContext } from '../context.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { readBrowser } from '../http/browser-cookie.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { singleParameters } from '../http/parameters.ts'
import type { AuthorizationRequest, Browser, Interaction } from '../state/records.ts'
import { randomSecret } from '../state/secrets.ts'

const interactionSeconds = 3600

/** Puts a request aside until the user has logged in and consented. */
export function startInteraction(
  { stores, clock }: ServerContext,
  request: AuthorizationRequest,
  browser: Browser,
): Interaction {
  const interaction: Interaction = {
    id: randomSecret(),
    request,
    browser,
    formToken: randomSecret(),
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
  { id }: Interaction,
): string {
  return `${endpointUrl(context, step)}?interaction=${id}`
}

/**
 * The interaction that a page or form of this browser belongs to.
 *
 * @throws OAuthError `invalid_request` when it has ended, is another browser's, or the form is a forgery
 */
export function readInteraction({ context, request, received }: Call): Interaction {
  const parameters = singleParameters(received)
  const interaction = context.stores.interactions.get(parameters.get('interaction') ?? '')
  if (!interaction || interaction.browser !== readBrowser(context, request)) {
    throw new OAuthError(
      'invalid_request',
      'this page has expired; go back to the application and start again',
    )
  }
  if (request.method === 'POST' && parameters.get('form_token') !== interaction.formToken) {
    throw new OAuthError('invalid_request', 'this form was not sent from our page', { status: 403 })
  }
  return interaction
}

import type { Call } from '../context.ts'
import type { ExpiringMap } from '../state/expiring-map.ts'
import type { Browser } from '../state/records.ts'
import { readBrowser } from './browser-cookie.ts'
import { OAuthError } from './oauth-error.ts'
import { singleParameters } from './parameters.ts'

/** Something that a user does on pages, in one browser. */
export interface PageInteraction {
  readonly browser: Browser
  /** Hidden field of its forms. */
  readonly formToken: string
}

/**
 * The interaction that a page or form of this browser belongs to.
 *
 * @throws OAuthError `invalid_request` when it has ended, is another browser's, or the form is a forgery (403)
 */
export function readPageInteraction<Kind extends PageInteraction>(
  { context, request, received }: Call,
  store: ExpiringMap<Kind>,
): Kind {
  const parameters = singleParameters(received)
  const interaction = store.get(parameters.get('interaction') ?? '')
  const browser = interaction && readBrowser(context, request, interaction.browser.guard)
  if (!interaction || interaction.browser !== browser) {
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

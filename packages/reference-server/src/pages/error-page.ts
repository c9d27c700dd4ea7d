import { html } from 'hono/html'
import type { OAuthError } from '../http/oauth-error.ts'
import { sendPage } from './page.ts'

/** Tells the user of a refusal that cannot be sent to the client. */
export function errorPage(error: OAuthError): Promise<Response> {
  const content = html` <h1>This did not work</h1>
    <p class="fault" role="alert">${error.message}</p>
    <p class="quiet">Error code: <code>${error.code}</code></p>`
  return sendPage({ title: 'Error', content, status: error.status })
}

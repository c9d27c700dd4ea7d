import { html } from 'hono/html'
import { sendPage } from './page.ts'

/**
 * The page that posts an authorization response to the client. It is the one page with a script, one line
 * that the policy names by its hash; without scripts its button does the same.
 *
 * @see OAuth 2.0 Form Post Response Mode section 2
 */
export function formPostPage(action: string, parameters: URLSearchParams): Promise<Response> {
  const fields = [...parameters].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" /> `,
  )
  const content = html` <h1>One moment</h1>
    <p class="quiet">You are on your way back to the application.</p>
    <form method="post" action="${action}">
      ${fields}
      <div class="actions"><button>Continue</button></div>
    </form>`
  return sendPage({ title: 'One moment', content, script: 'document.forms[0].submit()' })
}

import { html } from 'hono/html'
import type { Interaction, Login } from '../state/records.ts'
import { interactionFields, sendPage } from './page.ts'

/** What the consent page shows. */
export interface ConsentPageView {
  readonly interaction: Interaction
  readonly login: Login
  /** What each scope means. */
  readonly words: ReadonlyMap<string, string>
}

/** The page on which a user allows or denies what a client asks for. */
export function consentPage({ interaction, login, words }: ConsentPageView): Promise<Response> {
  const { client, scopes } = interaction.request
  const items = scopes.map((scope) => html`<li>${words.get(scope) ?? scope}</li>`)
  const asks = items.length > 0 ? 'The application asks to:' : 'The application asks for nothing more.'
  const content = html` <h1>Allow ${client.clientName}?</h1>
    <p class="quiet">You are signed in as ${login.user.username}. ${asks}</p>
    ${
      items.length > 0
        ? html`<ul>
            ${items}
          </ul>`
        : ''
    }
    <form method="post">
      ${interactionFields(interaction)}
      <div class="actions">
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny" class="second">Deny</button>
      </div>
    </form>`
  return sendPage({ title: `Allow ${client.clientName}?`, content })
}

import { html } from 'hono/html'
import type { AuthorizationDetail, Interaction, Login } from '../state/records.ts'
import { decision } from './decision.ts'
import { type Html, sendPage } from './page.ts'

/** What the consent page shows. */
export interface ConsentPageView {
  readonly interaction: Interaction
  readonly login: Login
  /** What each scope means. */
  readonly words: ReadonlyMap<string, string>
  /** What each type of `authorization_details` means. */
  readonly typeWords: ReadonlyMap<string, string>
}

const inWords = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** A right with all its particulars: the user must see what the type alone does not say. */
function detailItem({ type, ...members }: AuthorizationDetail, words: ReadonlyMap<string, string>): Html {
  const particulars = Object.entries(members).map(
    ([name, value]) => html`<li>${name}: <code>${inWords(value)}</code></li>`,
  )
  return html`<li>
    ${words.get(type) ?? type}
    <ul>
      ${particulars}
    </ul>
  </li>`
}

function itemsOf({ interaction, words, typeWords }: ConsentPageView): Html[] {
  const { scopes, authorizationDetails, claims } = interaction.request
  const names = [...new Set([...claims.userinfo, ...claims.idToken])]
  return [
    ...scopes.map((scope) => html`<li>${words.get(scope) ?? scope}</li>`),
    ...authorizationDetails.map((detail) => detailItem(detail, typeWords)),
    ...names.map((name) => html`<li>Know of you: <code>${name}</code></li>`),
  ]
}

/** The page on which a user allows or denies what a client asks for. */
export function consentPage(view: ConsentPageView): Promise<Response> {
  const { interaction, login } = view
  const { client } = interaction.request
  const items = itemsOf(view)
  const asks = items.length > 0 ? 'The application asks to:' : 'The application asks for nothing more.'
  const content = html` <h1>Allow ${client.clientName}?</h1>
    <p class="quiet">You are signed in as ${login.user.username}. ${asks}</p>
    ${decision(interaction, items)}`
  return sendPage({ title: `Allow ${client.clientName}?`, content })
}

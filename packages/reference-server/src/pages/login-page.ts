import { html } from 'hono/html'
import type { Client } from '../settings.ts'
import { type Html, interactionFields, sendPage } from './page.ts'

/** What the login page shows. */
export interface LoginPageView {
  readonly interaction: { readonly id: string; readonly formToken: string }
  /** Whom the login is for. */
  readonly client: Client
  /** Already filled in, if it is known. */
  readonly username: string | undefined
  /** True after a wrong password. */
  readonly hasFailed: boolean
}

const fault = (name: string): Html =>
  html`<p class="fault" role="alert" id="fault">The ${name} or the password is wrong.</p>`

/** The login page. After a wrong password it comes again (401 would make a browser ask by itself, so 400). */
export function loginPage({ interaction, client, username, hasFailed }: LoginPageView): Promise<Response> {
  const described = hasFailed ? html`aria-invalid="true" aria-describedby="fault"` : ''
  const [first, second] = username ? ['', 'autofocus'] : ['autofocus', '']
  const { usernameLabel, guard } = client.userProvider
  const { heading } = guard
  const content = html` <h1>${heading}</h1>
    <p class="quiet">to continue to ${client.clientName}</p>
    ${hasFailed ? fault(usernameLabel.toLowerCase()) : ''}
    <form method="post">
      ${interactionFields(interaction)}
      <label for="username">${usernameLabel}</label>
      <input
        id="username"
        name="username"
        value="${username ?? ''}"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        required
        ${first}
        ${described}
      />
      <label for="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        required
        ${second}
        ${described}
      />
      <div class="actions"><button>Sign in</button></div>
    </form>`
  return sendPage({
    title: hasFailed ? `Error: ${heading}` : heading,
    content,
    status: hasFailed ? 400 : 200,
  })
}

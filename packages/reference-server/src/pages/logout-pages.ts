import { html } from 'hono/html'
import type { LogoutInteraction } from '../state/records.ts'
import { interactionFields, sendPage } from './page.ts'

/** Asks whether the user really wants to log out. */
export function logoutConfirmationPage(interaction: LogoutInteraction, action: string): Promise<Response> {
  const username = interaction.browser.login?.user.username
  const content = html` <h1>Sign out?</h1>
    <p class="quiet">
      ${username === undefined ? 'Nobody is signed in here.' : html`You are signed in as ${username}.`}
    </p>
    <form method="post" action="${action}">
      ${interactionFields(interaction)}
      <div class="actions">
        <button name="decision" value="logout">Sign out</button>
        <button name="decision" value="stay" class="second">Stay</button>
      </div>
    </form>`
  return sendPage({ title: 'Sign out?', content })
}

/** What the logged-out page holds. */
export interface LoggedOutPageView {
  /** The clients' addresses that end their own sessions. */
  readonly frames: readonly string[]
  /** Where to go afterwards. */
  readonly returnTo: string | undefined
}

/** Says that the user is logged out, while frames tell the clients; then it leads back to the application. */
export function loggedOutPage({ frames, returnTo }: LoggedOutPageView): Promise<Response> {
  const items = frames.map(
    (url) => html`<iframe src="${url}" title="Sign-out of an application" hidden></iframe>`,
  )
  const way =
    returnTo === undefined
      ? html`<p class="quiet">You can close this page.</p>`
      : html`<p class="quiet">You are on your way back to the application.</p>
          <div class="actions"><a class="button" href="${returnTo}">Continue</a></div>`
  const content = html` <h1>You are signed out</h1>
    ${way} ${items}`
  return sendPage({ title: 'Signed out', content, frames, next: returnTo })
}

/** Says that nothing happened. */
export function stayedPage(): Promise<Response> {
  const content = html` <h1>You are still signed in</h1>
    <p class="quiet">You can close this page.</p>`
  return sendPage({ title: 'Still signed in', content })
}

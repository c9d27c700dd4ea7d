import { html } from 'hono/html'
import type { DeviceAuthorization, DeviceInteraction } from '../state/pending-records.ts'
import type { Client } from '../settings.ts'
import type { Login } from '../state/records.ts'
import { decision } from './decision.ts'
import { interactionFields, sendPage } from './page.ts'

/** What the page for the code shows. */
export interface DeviceCodePageView {
  readonly interaction: DeviceInteraction
  /** Already filled in. */
  readonly userCode: string
  /** True after a wrong code. */
  readonly hasFailed: boolean
}

const fault = html`<p class="fault" role="alert" id="fault">No device is waiting with this code.</p>`

/** Asks for the code that the device shows. */
export function deviceCodePage({ interaction, userCode, hasFailed }: DeviceCodePageView): Promise<Response> {
  const described = hasFailed ? 'hint fault' : 'hint'
  const content = html` <h1>Connect a device</h1>
    ${hasFailed ? fault : ''}
    <form method="post">
      ${interactionFields(interaction)}
      <label for="user_code">Code</label>
      <p class="quiet" id="hint">Eight letters, as the device shows them.</p>
      <input
        id="user_code"
        name="user_code"
        class="code"
        value="${userCode}"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        required
        autofocus
        ${hasFailed ? html`aria-invalid="true"` : ''}
        aria-describedby="${described}"
      />
      <div class="actions"><button>Continue</button></div>
    </form>`
  const title = hasFailed ? 'Error: Connect a device' : 'Connect a device'
  return sendPage({ title, content, status: hasFailed ? 400 : 200 })
}

/** What the confirmation page shows. */
export interface DeviceConfirmationPageView {
  readonly interaction: DeviceInteraction
  readonly device: DeviceAuthorization
  readonly login: Login
  /** What each scope means. */
  readonly words: ReadonlyMap<string, string>
}

/** Asks whether the device in front of the user is the one that asks. */
export function deviceConfirmationPage(view: DeviceConfirmationPageView): Promise<Response> {
  const { interaction, device, login, words } = view
  const title = `Connect ${device.client.clientName}?`
  const items = device.scopes.map((scope) => html`<li>${words.get(scope) ?? scope}</li>`)
  const content = html` <h1>${title}</h1>
    <p>Allow this only if the device is in front of you and shows this code:</p>
    <p class="code">${device.userCode}</p>
    <p class="quiet">
      You are signed in as ${login.user.username}. ${items.length > 0 ? 'The device asks to:' : ''}
    </p>
    ${decision(interaction, items)}`
  return sendPage({ title, content })
}

/** Says what has been decided. */
export function deviceDonePage({ clientName }: Client, allowed: boolean): Promise<Response> {
  const title = allowed ? 'Device connected' : 'Device refused'
  const content = html` <h1>${title}</h1>
    <p class="quiet">
      ${allowed ? html`${clientName} will go on in a moment.` : html`${clientName} gets no access.`} You can
      close this page.
    </p>`
  return sendPage({ title, content })
}

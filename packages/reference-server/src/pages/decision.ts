import { html } from 'hono/html'
import { type Html, interactionFields } from './page.ts'

/** What is asked for, item by item, and the two buttons that answer it. */
export function decision(
  interaction: { readonly id: string; readonly formToken: string },
  items: readonly Html[],
): Html {
  const list = html`<ul>
    ${items}
  </ul>`
  return html`${items.length > 0 ? list : ''}
    <form method="post">
      ${interactionFields(interaction)}
      <div class="actions">
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny" class="second">Deny</button>
      </div>
    </form>`
}

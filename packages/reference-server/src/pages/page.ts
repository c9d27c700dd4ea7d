import { html, raw } from 'hono/html'
import { digest } from '../state/secrets.ts'
import { style } from './style.ts'

/** A piece of HTML whose inserted values are escaped. */
export type Html = ReturnType<typeof html>

/** A page before it is sent. */
export interface Page {
  readonly title: string
  readonly content: Html
  readonly status?: number
  /** The only script the page may run. */
  readonly script?: string
  /** The only addresses the page may load in frames. */
  readonly frames?: readonly string[]
  /** Where the page leads by itself after a moment. */
  readonly next?: string | undefined
}

/** Time for the frames to load. */
const leavesAfterSeconds = 3

async function hashSource(text: string): Promise<string> {
  const hash = await digest(text)
  return `'sha256-${btoa(String.fromCharCode(...hash))}'`
}

/** An address without its query, as a policy has it, where `;` and `,` would end the source. */
function frameSource(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname.replaceAll(';', '%3B').replaceAll(',', '%2C')
}

/**
 * Nothing but the page's own style, and no framing. There is no `form-action`: browsers apply it to the
 * redirects after a form post as well, and those lead back to the client.
 */
async function contentSecurityPolicy({ script, frames = [] }: Page): Promise<string> {
  const directives = [
    `default-src 'none'`,
    `style-src ${await hashSource(style)}`,
    ...(script === undefined ? [] : [`script-src ${await hashSource(script)}`]),
    ...(frames.length === 0 ? [] : [`frame-src ${frames.map(frameSource).join(' ')}`]),
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ]
  return directives.join('; ')
}

/** An element whose text is exactly `text`, as its hash in the policy demands. */
const inline = (name: 'style' | 'script', text: string): Html => raw(`<${name}>${text}</${name}>`)

function layout({ title, content, script }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${inline('style', style)}
      </head>
      <body>
        <main>
          ${content}
          <footer>Reference server for tests and demos</footer>
        </main>
        ${script === undefined ? '' : inline('script', script)}
      </body>
    </html>`
}

/** The hidden fields that tie a form to its interaction, and to the browser it was shown in. */
export function interactionFields({ id, formToken }: { id: string; formToken: string }): Html {
  return html`<input type="hidden" name="interaction" value="${id}" />
    <input type="hidden" name="form_token" value="${formToken}" />`
}

/** Sends a page that no cache keeps and nobody frames. */
export async function sendPage(page: Page): Promise<Response> {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': await contentSecurityPolicy(page),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    ...(page.next !== undefined && { Refresh: `${leavesAfterSeconds}; url=${new URL(page.next).href}` }),
  }
  return new Response(String(await layout(page)), { status: page.status ?? 200, headers })
}

import type { Http } from '@oauth-concierge/core'

/** What a person would type and click. */
export interface Person {
  readonly username: string
  readonly password: string
  readonly consent: 'allow' | 'deny'
}

/** Where a visit of the authorization server ended: an address, with what was posted to it. */
export interface Arrival {
  readonly url: URL
  readonly form?: URLSearchParams
}

/**
 * A browser without a screen: follows redirects with cookies, fills in and submits whatever form a page shows,
 * until the authorization server sends it to `redirectUri`.
 */
export async function completeLogin(
  http: Http,
  startUrl: string,
  redirectUri: string,
  person: Person,
): Promise<URL> {
  return (await browse(http, startUrl, person, redirectUri)).url
}

/** The same, but that a posted answer is given too; without a `redirectUri` the way ends at a page without a form. */
export async function browse(
  http: Http,
  startUrl: string,
  person: Person,
  redirectUri?: string,
): Promise<Arrival> {
  const cookies = new Map<string, string>()
  let request: { url: URL; body?: URLSearchParams } = { url: new URL(startUrl) }
  for (let step = 0; step < 20; step += 1) {
    const { url, body } = request
    if (redirectUri !== undefined && url.href.startsWith(redirectUri))
      return { url, ...(body && { form: body }) }
    const response = await send(http, url, body, cookies)
    const location = response.headers.get('location')
    const html = await response.text()
    if (!location && redirectUri === undefined && !html.includes('<form')) return { url }
    request = location ? { url: new URL(location, url) } : fillForm(html, url, person)
  }
  throw new Error(`No way to ${redirectUri ?? 'a last page'} was found within 20 pages.`)
}

async function send(
  http: Http,
  url: URL,
  body: URLSearchParams | undefined,
  cookies: Map<string, string>,
): Promise<Response> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await http(url.href, {
    method: body ? 'POST' : 'GET',
    redirect: 'manual',
    headers: {
      cookie,
      origin: url.origin,
      ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(body && { body: body.toString() }),
  })
  for (const line of response.headers.getSetCookie()) {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
    cookies.set(name, value)
  }
  return response
}

function fillForm(html: string, page: URL, person: Person): { url: URL; body?: URLSearchParams } {
  const form = /<form[^>]*>/.exec(html)?.[0]
  if (!form) throw new Error(`A page without a form at ${page.pathname}: ${textOf(html)}`)
  const denyLink = /href="([^"]*\/abort)"/.exec(html)?.[1]
  const isConsent = !/type="password"/.test(html)
  if (isConsent && person.consent === 'deny' && denyLink) return { url: new URL(denyLink, page) }
  const body = new URLSearchParams()
  for (const [input] of html.matchAll(/<(?:input|button)[^>]*>/g)) {
    const [name, value, type] = ['name', 'value', 'type'].map((attribute) => attributeOf(input, attribute))
    if (!name) continue
    const isButton = type === 'submit' || input.startsWith('<button')
    if (isButton && isConsent && value !== person.consent) continue
    body.set(name, typed(name, type, person) ?? value ?? '')
  }
  return { url: new URL(attributeOf(form, 'action') ?? '', page), body }
}

/** What a person would read. */
function textOf(html: string): string {
  const words = html.replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, '').replaceAll(/<[^>]*>|\s+/g, ' ')
  return unescapeHtml(words).replaceAll(/ +/g, ' ').slice(0, 300)
}

function typed(name: string, type: string | undefined, person: Person): string | undefined {
  if (type === 'password') return person.password
  return ['login', 'username'].includes(name) ? person.username : undefined
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : unescapeHtml(value)
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

import { base64url } from 'jose'
import { createReferenceServer, type ReferenceServer } from './create-reference-server.ts'
import type { ClientOptions, ReferenceServerOptions } from './options.ts'

export const issuer = 'https://as.example'
export const redirectUri = 'https://app.example/callback'
export const codeVerifier = 'a-verifier-of-at-least-forty-three-characters'

/** A client that users log in to. */
type LoginClient = ClientOptions & { readonly redirectUris: readonly string[] }

export const publicClient: LoginClient = {
  clientId: 'spa',
  clientName: 'Shop & Co',
  redirectUris: [redirectUri, 'http://127.0.0.1/callback', 'com.example.app:/callback'],
  postLogoutRedirectUris: ['https://app.example/bye'],
}

export const confidentialClient: LoginClient = {
  clientId: 'web:app',
  clientSecret: 'a secret: 100% + & =',
  redirectUris: ['https://web.example/callback'],
  skipConsent: true,
}

export function createServer(options: Partial<ReferenceServerOptions> = {}): ReferenceServer {
  const clients = [publicClient, confidentialClient]
  return createReferenceServer({ issuer, clients, clock: () => 1_800_000_000, ...options })
}

export async function challengeOf(verifier: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return base64url.encode(new Uint8Array(hash))
}

/** An authorization URL of the public client; `undefined` leaves a parameter out. */
export async function authorizationUrl(
  changes: Readonly<Record<string, string | undefined>> = {},
  base: string = issuer,
): Promise<URL> {
  const parameters = {
    client_id: 'spa',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile',
    state: 'st-1',
    nonce: 'no-1',
    code_challenge: await challengeOf(codeVerifier),
    code_challenge_method: 'S256',
    ...changes,
  }
  const url = new URL(`${base}/authorize`)
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value)
  return url
}

export interface JsonAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, string>>
}

/** Posts a form and reads the JSON answer. */
export async function post(
  server: ReferenceServer,
  path: string,
  form: Readonly<Record<string, string | undefined>>,
  headers: HeadersInit = {},
): Promise<JsonAnswer> {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) if (value !== undefined) body.set(name, value)
  const response = await server.fetch(new Request(server.issuer + path, { method: 'POST', body, headers }))
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

/** Signs in without clicking and gives the form that exchanges the code. */
export async function codeForm(
  server: ReferenceServer,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Record<string, string | undefined>> {
  const response = await server.signIn({ url: await authorizationUrl(changes, server.issuer) })
  return {
    grant_type: 'authorization_code',
    client_id: 'spa',
    code: response.searchParams.get('code') ?? undefined,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  }
}

/** Signs in and exchanges the code. */
export async function getTokens(
  server: ReferenceServer,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Readonly<Record<string, string>>> {
  return (await post(server, '/token', await codeForm(server, changes))).body
}

export function refresh(server: ReferenceServer, refreshToken: string | undefined): Promise<JsonAnswer> {
  return post(server, '/token', {
    grant_type: 'refresh_token',
    client_id: 'spa',
    refresh_token: refreshToken,
  })
}

/** A page as a browser without scripts sees it. */
export interface TestPage {
  readonly url: URL
  readonly response: Response
  readonly text: string
}

/** A browser that keeps cookies, follows redirects inside the server, and stops where one leads out of it. */
export interface TestBrowser {
  visit(url: string | URL): Promise<TestPage>
  /** Fills in the page's form; its hidden fields go along. */
  submit(page: TestPage, fields: Readonly<Record<string, string>>): Promise<TestPage>
  cookie(): string
}

function hiddenFields(html: string): URLSearchParams {
  const form = new URLSearchParams()
  for (const [, name = '', value = ''] of html.matchAll(
    /<input type="hidden" name="([^"]*)" value="([^"]*)"/g,
  )) {
    form.append(name, value)
  }
  return form
}

export function createTestBrowser(server: ReferenceServer): TestBrowser {
  const cookies = new Map<string, string>()
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const send = async (url: URL, body?: URLSearchParams): Promise<TestPage> => {
    const headers = { Cookie: cookie() }
    const response = await server.fetch(
      new Request(url, body ? { method: 'POST', body, headers } : { headers }),
    )
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) return { url, response, text: await response.text() }
    const next = new URL(location, url)
    if (next.origin !== new URL(server.issuer).origin) return { url: next, response, text: '' }
    return send(next)
  }
  return {
    cookie,
    visit: (url) => send(new URL(url)),
    submit(page, fields) {
      const action = /<form method="post" action="([^"]*)"/.exec(page.text)?.[1]
      const form = hiddenFields(page.text)
      for (const [name, value] of Object.entries(fields)) form.set(name, value)
      return send(new URL(action ?? page.url, page.url), form)
    },
  }
}

import type { BrowserContext } from 'playwright-core'
import type { Demo } from '../../../examples/spa/server/start-demo.ts'

/** What a login's secrets were, and every place they could have leaked to that can be watched from outside of the page. */
export interface Eavesdropper {
  /** Code, state, nonce, code verifier and every token, as they went over the wire. */
  readonly secrets: Map<string, string>
  /** Everything the pages wrote to the console. */
  readonly console: string[]
  /** Every address that was asked for, with its Referer. */
  readonly requests: { readonly url: string; readonly referer: string }[]
  /** The address of the callback as the authorization server sent it. */
  callback(): string
}

/** Watches all pages of a browser context, and the token endpoint, from now on. */
export function eavesdrop(context: BrowserContext, { issuer, authorizationServer }: Demo): Eavesdropper {
  const secrets = new Map<string, string>()
  const lines: string[] = []
  const requests: Eavesdropper['requests'] = []
  const learn = (from: Iterable<readonly [string, unknown]>, names: readonly string[]): void => {
    for (const [name, value] of from)
      if (names.includes(name) && typeof value === 'string') secrets.set(name, value)
  }
  context.on('console', (message) => lines.push(message.text()))
  context.on('weberror', (error) => lines.push(String(error.error())))
  context.on('request', (request) => {
    requests.push({ url: request.url(), referer: request.headers()['referer'] ?? '' })
    learn(new URL(request.url()).searchParams, ['code', 'state', 'nonce'])
    learn(new URLSearchParams(request.postData() ?? ''), ['code_verifier'])
  })
  issuer.serve(async (request) => {
    const response = await authorizationServer.fetch(request)
    if (new URL(request.url).pathname === '/token' && response.ok && request.method === 'POST') {
      const body = (await response.clone().json()) as object
      learn(Object.entries(body), ['access_token', 'refresh_token', 'id_token'])
    }
    return response
  })
  return {
    secrets,
    console: lines,
    requests,
    callback: () => requests.find(({ url }) => new URL(url).searchParams.has('code'))?.url ?? '',
  }
}

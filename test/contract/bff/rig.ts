import { type Bff, type BffOptions, createBff } from '@oauth-concierge/bff'
import { clientSecretBasic, type ConciergeError, type Http } from '@oauth-concierge/core'
import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import { ada, contractBff, contractClient } from '../servers/contract-server.ts'
import { completeLogin, type Person } from '../servers/headless-browser.ts'
import { type Browser, createBrowser } from './browser.ts'

export const api = 'https://api.example'

/** A request as the API saw it. */
export interface ApiRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

/** A BFF between browsers, an authorization server and an API. */
export interface Rig {
  readonly bff: Bff
  readonly clock: ManualClock
  readonly apiRequests: ApiRequest[]
  /** Answers the API gives, until it is told otherwise. */
  answer: (request: ApiRequest) => Response | Promise<Response>
  /** The bodies of the token requests. */
  readonly tokenRequests: URLSearchParams[]
  /** Those that the server gave. */
  readonly refreshTokens: string[]
  readonly errors: ConciergeError[]
  newBrowser(): Browser
  /** Goes to the login and through the server's pages; gives the path of the callback. */
  visitServer(browser: Browser, path?: string, person?: Partial<Person>): Promise<string>
  /** A whole login; gives the answer of the callback. */
  logIn(browser: Browser, path?: string, person?: Partial<Person>): Promise<Response>
  /** Another process with the same options. */
  restart(options?: Partial<BffOptions>): Rig
}

export interface RigOptions {
  readonly server: { readonly issuer: string; readonly http: Http }
  readonly options?: Partial<BffOptions>
  readonly clock?: ManualClock
}

export function createRig({
  server,
  options,
  clock = createManualClock(Date.now() / 1000),
}: RigOptions): Rig {
  const apiRequests: ApiRequest[] = []
  const tokenRequests: URLSearchParams[] = []
  const refreshTokens: string[] = []
  const errors: ConciergeError[] = []
  const http: Http = async (url, init) => {
    if (url.startsWith(api)) {
      const request = new Request(url, init)
      const { method, headers } = request
      const seen = { method, url, headers, body: await request.text() }
      apiRequests.push(seen)
      return rig.answer(seen)
    }
    const body = String(init.body ?? '')
    if (body.includes('grant_type=')) tokenRequests.push(new URLSearchParams(body))
    const answer = await server.http(url, init)
    if (body.includes('grant_type=')) {
      const { refresh_token: refreshToken } = await answer
        .clone()
        .json()
        .catch(() => ({}))
      if (typeof refreshToken === 'string') refreshTokens.push(refreshToken)
    }
    return answer
  }
  const { clientId, clientSecret, origin } = contractBff
  const bff = createBff({
    issuer: server.issuer,
    clientId,
    clientAuthentication: clientSecretBasic(clientSecret),
    origin,
    scope: contractClient.scope,
    // Without consent anew, a server that goes by the book gives no refresh token.
    login: { prompt: 'consent' },
    apis: { orders: { upstream: `${api}/orders` } },
    runtime: { clock, http },
    onError: (error) => errors.push(error),
    ...options,
  })
  const rig: Rig = {
    bff,
    clock,
    apiRequests,
    tokenRequests,
    refreshTokens,
    errors,
    answer: () => Response.json({ orders: [] }),
    newBrowser: () => createBrowser(bff),
    visitServer: async (browser, path = '/auth/login?return_to=/orders', person = {}) => {
      const response = await browser.navigate(path)
      const location = response.headers.get('location')
      if (!location) throw new Error(`No login began: ${response.status} ${await response.text()}`)
      const who = { ...ada, consent: 'allow', ...person } as const
      const callback = await completeLogin(server.http, location, contractBff.redirectUri, who)
      return `${callback.pathname}${callback.search}`
    },
    logIn: async (browser, path, person) =>
      browser.navigate(await rig.visitServer(browser, path, person), { from: 'cross-site' }),
    restart: (more) => createRig({ server, options: { ...options, ...more }, clock }),
  }
  return rig
}

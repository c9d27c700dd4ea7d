import {
  type ClientOptions,
  createReferenceServer,
  type ReferenceServer,
  type ReferenceServerOptions,
} from '@oauth-concierge/reference-server'
import { type Door, openDoor } from './door.ts'
import { createOrdersApi } from './orders-api.ts'
import { createSpaSite } from './spa-site.ts'

/** The person who can log in. */
export const demoUser = { username: 'ada', password: 'password', name: 'Ada Example' }

/** What can be different from one demo to the next. */
export interface DemoOptions {
  /** Wanted ports: authorization server, API, app. Default: any that are free. */
  readonly ports?: readonly [issuer: number, api: number, app: number]
  /** In seconds. Default: 120, short enough to watch. */
  readonly accessTokenLifetime?: number
}

/** Three servers on three origins, the app on another site than the two it talks to. */
export interface Demo {
  readonly issuer: Door
  readonly api: Door
  readonly app: Door
  /** The authorization server itself: its clock, its ledger, its means to end sessions. The API follows the same clock. */
  readonly authorizationServer: ReferenceServer
  /** Ends all three, with every connection. */
  close(): Promise<void>
}

const clientId = 'spa'

/** Starts the authorization server, the orders API and the built app. */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const demo = await startServers(options, ({ app }) => ({
    clientId,
    redirectUris: [`${app.origin}/`],
    postLogoutRedirectUris: [`${app.origin}/`],
  }))
  const { issuer, api, app } = demo
  const directory = new URL('../dist/', import.meta.url)
  app.serve(createSpaSite({ directory, issuer: issuer.origin, api: api.origin, clientId }))
  return demo
}

/** Starts the authorization server and the orders API, and opens a door for the app; what is behind that is up to the caller. */
export async function startServers(
  options: DemoOptions,
  register: (doors: Pick<Demo, 'app'>) => ClientOptions,
): Promise<Demo> {
  const [issuerPort, apiPort, appPort] = options.ports ?? [0, 0, 0]
  const issuer = await openDoor({ host: '127.0.0.1', port: issuerPort })
  const api = await openDoor({ host: '127.0.0.1', port: apiPort })
  const app = await openDoor({ host: 'localhost', port: appPort })

  const client = { clientName: 'Concierge example', audience: api.origin, ...register({ app }) }
  const authorizationServer = createReferenceServer(registration(issuer, client, options))
  issuer.serve(authorizationServer.fetch)
  api.serve(
    createOrdersApi({
      issuer: issuer.origin,
      audience: api.origin,
      allowedOrigin: app.origin,
      now: authorizationServer.clock.now,
    }),
  )
  const close = async (): Promise<void> => {
    await Promise.all([issuer, api, app].map((door) => door.shut()))
  }
  return { issuer, api, app, authorizationServer, close }
}

/** What the authorization server has to know of the app, the API and the user. */
function registration(
  issuer: Door,
  client: ClientOptions,
  { accessTokenLifetime = 120 }: DemoOptions,
): ReferenceServerOptions {
  const { username, password, name } = demoUser
  return {
    issuer: issuer.origin,
    clients: [client],
    users: [{ username, password, claims: { name, email: 'ada@example.com', email_verified: true } }],
    scopes: { 'orders.read': 'See your orders' },
    lifetimes: { accessToken: accessTokenLifetime },
  }
}

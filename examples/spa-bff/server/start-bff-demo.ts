import { type Bff, createBff } from '@oauth-concierge/bff'
import { type Clock, clientSecretBasic, completeRuntime } from '@oauth-concierge/core'
import { createSpaSite } from '../../spa/server/spa-site.ts'
import { type Demo, type DemoOptions, startServers } from '../../spa/server/start-demo.ts'
import { openSessions, type Sessions } from './open-sessions.ts'

/** What can be different from one demo to the next. */
export interface BffDemoOptions extends DemoOptions {
  /** Socket of the Redis that keeps the sessions. Default: the memory of the BFF does. */
  readonly redis?: string
}

/** Three servers: the app with its BFF on one origin, and behind it the authorization server and the API. */
export interface BffDemo extends Demo {
  readonly bff: Bff
  /** Where the sessions are, in words. */
  readonly sessions: string
}

const clientId = 'spa-bff'
const clientSecret = 'known to the BFF and the authorization server'
const scope = 'openid profile email offline_access orders.read'

/** Starts the authorization server, the orders API, and the built app behind its BFF. */
export async function startBffDemo(options: BffDemoOptions = {}): Promise<BffDemo> {
  const demo = await startServers(options, ({ app }) => ({
    clientId,
    clientSecret,
    redirectUris: [`${app.origin}/auth/callback`],
    postLogoutRedirectUris: [`${app.origin}/auth/logged-out`],
    backchannelLogoutUri: `${app.origin}/auth/backchannel-logout`,
  }))
  const sessions = await openSessions(options.redis)
  const bff = createDemoBff(demo, sessions)
  const site = createSpaSite({
    directory: new URL('../dist/', import.meta.url),
    issuer: demo.issuer.origin,
    api: demo.api.origin,
    clientId,
    tokensAt: 'bff',
    sessions: sessions.title,
  })
  demo.app.serve((request) =>
    bff.serves(new URL(request.url).pathname) ? bff.fetch(request) : site(request),
  )
  const close = async (): Promise<void> => {
    await demo.close()
    await sessions.close()
  }
  return { ...demo, bff, sessions: sessions.title, close }
}

function createDemoBff({ issuer, api, app, authorizationServer }: Demo, { store }: Sessions): Bff {
  return createBff({
    issuer: issuer.origin,
    clientId,
    clientAuthentication: clientSecretBasic(clientSecret),
    origin: app.origin,
    scope,
    apis: {
      orders: { upstream: api.origin },
      'user-info': { upstream: `${issuer.origin}/userinfo`, methods: ['GET'] },
    },
    sessions: store,
    runtime: { clock: followClock(authorizationServer.clock.preciseNow) },
    // On plain http the cookie has neither prefix nor Secure, which is all right on this machine only.
    warn: () => undefined,
  })
}

/** The BFF ages with the authorization server, whose time a test may move ahead. @param now in seconds since 1970 */
function followClock(now: () => number): Clock {
  return { ...completeRuntime().clock, wallTime: () => now() * 1000 }
}

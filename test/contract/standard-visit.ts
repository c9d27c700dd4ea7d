import {
  createMemoryStore,
  createRelyingParty,
  type Http,
  type KeyValueStore,
  type RelyingParty,
  type RelyingPartyOptions,
} from '@oauth-concierge/core'
import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import {
  createReferenceServer,
  type FaultName,
  type FaultOptions,
  type ReferenceServer,
  type ReferenceServerOptions,
} from '@oauth-concierge/reference-server'

export const issuer = 'https://id.example'
export const redirectUri = 'https://app.example/callback'

/** A relying party at the standard server, which can be told to misbehave. */
export interface StandardVisit {
  readonly server: ReferenceServer
  readonly relyingParty: RelyingParty
  readonly vault: KeyValueStore
  readonly clock: ManualClock
  /** Every address that was asked, in order. */
  readonly asked: readonly string[]
  /** Switches a fault on, for good unless told otherwise. */
  strike(fault: FaultName, options?: FaultOptions): void
  /** Goes through the server's pages: gives the callback's parameters. */
  visitServer(): Promise<URLSearchParams>
  logIn(): Promise<void>
  /** What a test replaces in the relying party; it shares stores and network with the other. */
  again(options?: Partial<RelyingPartyOptions>): RelyingParty
}

/** Opens a visit with a manual clock for both sides. */
export function createStandardVisit(
  options: Partial<RelyingPartyOptions> = {},
  serverOptions: Partial<ReferenceServerOptions> = {},
): StandardVisit {
  const clock = createManualClock()
  const server = createReferenceServer({
    issuer,
    clock: () => clock.wallTime() / 1000,
    clients: [{ clientId: 'app', redirectUris: [redirectUri] }],
    lifetimes: { idToken: 3_600 },
    ...serverOptions,
  })
  const asked: string[] = []
  const http: Http = async (url, init) => {
    asked.push(url)
    const response = await server.fetch(new Request(url, init))
    const location = response.headers.get('location')
    if (!location || init.redirect === 'manual') return response
    // A fetch that follows redirects is on its way there by now.
    asked.push(location)
    return new Response('', { status: 404 })
  }
  const vault = createMemoryStore()
  const transactions = createMemoryStore()
  const again = (more: Partial<RelyingPartyOptions> = {}): RelyingParty =>
    createRelyingParty({
      issuer: server.issuer,
      clientId: 'app',
      vault,
      transactions,
      runtime: { clock, http },
      ...options,
      ...more,
    })
  const relyingParty = again()
  const visitServer = async (): Promise<URLSearchParams> => {
    const { url } = await relyingParty.startLogin({ redirectUri })
    return (await server.signIn({ url })).searchParams
  }
  return {
    server,
    relyingParty,
    vault,
    clock,
    asked,
    strike: (fault, faultOptions) => server.faults.on(fault, faultOptions ?? { forGood: true }),
    visitServer,
    logIn: async () => void (await relyingParty.finishLogin(await visitServer())),
    again,
  }
}

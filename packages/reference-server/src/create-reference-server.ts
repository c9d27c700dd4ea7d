import type { ServerContext } from './context.ts'
import { dialectNamed } from './dialects/index.ts'
import { createDpopNonces } from './dpop/dpop-nonces.ts'
import { withServerFaults } from './faults/server-faults.ts'
import type { Faults } from './faults/switchboard.ts'
import { secretsInUrl } from './http/parameters.ts'
import { withHabits } from './habits/with-habits.ts'
import { createRouter } from './http/router.ts'
import { notifyClients } from './logout/backchannel-logout.ts'
import { endLogins, type LoginFilter } from './logout/end-login.ts'
import type { ReferenceServerOptions } from './options.ts'
import { buildSettings } from './settings.ts'
import { createBackgroundWork } from './state/background-work.ts'
import { createServerClock, type ServerClock } from './state/clock.ts'
import { createKeyRing, type RotateKeysOptions } from './state/key-ring.ts'
import { createKeySource } from './state/key-source.ts'
import { createLedger, type Ledger } from './state/ledger.ts'
import { createSecretSource } from './state/secret-source.ts'
import { createStores } from './state/stores.ts'
import {
  type BackchannelDecision,
  decideBackchannel,
  decideDevice,
  type DeviceDecision,
} from './testing-kit/decide-pending.ts'
import { createAssertions, type LedgerAssertions } from './testing-kit/assertions.ts'
import { describeServer, type ServerDescription } from './testing-kit/describe-server.ts'
import { createSessionCookies, type CreateSessionCookie } from './testing-kit/session-cookie.ts'
import { createSignIn, type SignIn } from './testing-kit/sign-in.ts'
import { revokeFamily } from './tokens/token-families.ts'

/** An authorization server that lives in memory. Never for production. */
export interface ReferenceServer {
  readonly issuer: string
  /** Answers any request as the server on the network would. */
  fetch(request: Request): Promise<Response>
  /** The server's time, which a test can move ahead. */
  readonly clock: ServerClock
  /** What happened so far. */
  readonly ledger: Ledger
  /** Makes the server misbehave. */
  readonly faults: Faults
  /** Carries an authorization request through without clicking: logs in, consents, gives the response's URL. */
  readonly signIn: SignIn
  /** Decides about a device as its user would on the pages. @throws TypeError when no such device is waiting */
  approveDevice(decision: DeviceDecision): void
  /** Decides about a backchannel authentication (CIBA). @throws TypeError when none is waiting */
  approveBackchannelAuthentication(decision?: BackchannelDecision): void
  /** Logs a user in and gives the cookie to be put into a browser, as with Playwright's `context.addCookies`. */
  readonly sessionCookie: CreateSessionCookie
  /** Says of the ledger what a test expects of it. */
  readonly assert: LedgerAssertions
  /** What the server offers, with the passwords and secrets of its users and clients. */
  describe(): ServerDescription
  /**
   * Ends the matching logins, revokes every grant made in them, and tells their clients by back-channel
   * logout. Gives the number of logins ended.
   */
  revokeSession(filter: LoginFilter): number
  /** Waits until every client that is to hear of a logout has answered. */
  settled(): Promise<void>
  /** Revokes every token of a family, named as in the ledger. Gives false where there is no such family. */
  revokeFamily(familyId: string): boolean
  /** Signs with a new key from now on, or from the next token on. The earlier keys stay published unless `withdraw` says otherwise. */
  rotateKeys(options?: RotateKeysOptions): Promise<void>
}

function createContext(options: ReferenceServerOptions): ServerContext {
  const clock = createServerClock(options.clock)
  const ledger = createLedger(clock, options.ledgerCapacity)
  const plain = dialectNamed(options.dialect ?? 'standard')(options, clock)
  const dialect = withHabits(plain, options.habits ?? {})
  const settings = buildSettings(options, dialect)
  const newSecret = createSecretSource(settings.seed)
  const keySource = createKeySource({ ...settings, alg: settings.signingAlg })
  return {
    settings,
    dialect,
    clock,
    keys: createKeyRing(keySource, () => ledger.addEvent({ type: 'keys_rotated' })),
    stores: createStores(clock),
    dpopNonces: createDpopNonces({
      required: settings.dpop.nonces === 'required',
      lifetime: settings.dpop.nonceLifetime,
      clock,
      newSecret,
    }),
    newSecret,
    background: createBackgroundWork(),
    ledger,
  }
}

/**
 * Creates an authorization server for tests and demos. Nothing is listening yet: hand requests to `fetch`,
 * or see `createTestServer` in `./node`. Keys are made when they are first needed.
 *
 * @throws TypeError when there is no such dialect, the issuer is not an http(s) URL, or a client or user
 * contradicts itself
 */
export function createReferenceServer(options: ReferenceServerOptions): ReferenceServer {
  const plain = createContext(options)
  const { fetch, faults, outgoing } = withServerFaults(plain, (request) => answer(request), options)
  const context = { ...plain, settings: { ...plain.settings, http: outgoing(plain.settings.http) } }
  const { settings, clock, stores, keys, ledger } = context
  const route = createRouter(context)
  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const { method } = request
    return route(request, ledger.openRequest({ method, path: url.pathname, secretsInUrl: secretsInUrl(url) }))
  }
  return {
    issuer: context.dialect.readIssuer(settings),
    fetch,
    clock,
    ledger,
    approveDevice: (decision) => decideDevice(context, decision),
    approveBackchannelAuthentication: (decision = {}) => decideBackchannel(context, decision),
    revokeSession(filter) {
      const ended = endLogins(context, filter, true)
      context.background.add(notifyClients(context, ended))
      return ended.length
    },
    settled: () => context.background.settled(),
    faults,
    signIn: createSignIn(context, fetch),
    sessionCookie: createSessionCookies(context),
    assert: createAssertions(ledger),
    describe: () => describeServer(context),
    revokeFamily(familyId) {
      const family = stores.families.get(familyId)
      if (family) revokeFamily(context, family)
      return family !== undefined
    },
    rotateKeys: (rotateOptions) => keys.rotate(rotateOptions),
  }
}

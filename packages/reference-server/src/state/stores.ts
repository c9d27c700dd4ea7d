import type { ServerClock } from './clock.ts'
import { ExpiringMap } from './expiring-map.ts'
import type { BackchannelRequest, DeviceAuthorization, DeviceInteraction } from './pending-records.ts'
import type {
  AccessTokenRecord,
  AuthorizationRequest,
  Browser,
  CodeRecord,
  Interaction,
  Login,
  LogoutInteraction,
  RefreshTokenRecord,
  Registration,
  TokenFamily,
} from './records.ts'

/** Everything the server remembers. Tokens, codes and cookies are keyed by their value. */
export interface Stores {
  readonly browsers: ExpiringMap<Browser>
  /** Requests pushed and not used yet, by `request_uri`. */
  readonly pushedRequests: ExpiringMap<AuthorizationRequest>
  /** The `jti` of every client assertion seen, behind the client's id. */
  readonly assertionIds: ExpiringMap<true>
  /** The requests of headless user agents, which need no cookie. */
  readonly visits: WeakMap<Request, Browser>
  readonly interactions: ExpiringMap<Interaction>
  readonly logoutInteractions: ExpiringMap<LogoutInteraction>
  readonly codes: ExpiringMap<CodeRecord>
  readonly families: ExpiringMap<TokenFamily>
  readonly accessTokens: ExpiringMap<AccessTokenRecord>
  readonly refreshTokens: ExpiringMap<RefreshTokenRecord>
  readonly deviceCodes: ExpiringMap<DeviceAuthorization>
  /** Keyed by the code without dash. */
  readonly userCodes: ExpiringMap<DeviceAuthorization>
  readonly deviceInteractions: ExpiringMap<DeviceInteraction>
  readonly backchannelRequests: ExpiringMap<BackchannelRequest>
  /** The assertions spent as grants, by issuer and `jti`. */
  readonly grantAssertions: ExpiringMap<true>
  /** The DPoP proofs seen, by key and `jti`. */
  readonly dpopProofs: ExpiringMap<true>
  /** Keyed by user and client: the scopes, rights and claims consented to. */
  readonly consents: Map<string, Set<string>>
  /** Clients that registered themselves, by client id, the earliest first. */
  readonly registrations: Map<string, Registration>
  readonly endedLogins: WeakSet<Login>
  /** The next readable name of its kind: `rt-1`, `rt-2`. */
  nextId(kind: string): string
}

/** Empty stores that follow `clock`. */
export function createStores(clock: ServerClock): Stores {
  const counters = new Map<string, number>()
  return {
    browsers: new ExpiringMap(clock),
    pushedRequests: new ExpiringMap(clock),
    assertionIds: new ExpiringMap(clock),
    visits: new WeakMap(),
    interactions: new ExpiringMap(clock),
    logoutInteractions: new ExpiringMap(clock),
    codes: new ExpiringMap(clock),
    families: new ExpiringMap(clock),
    accessTokens: new ExpiringMap(clock),
    refreshTokens: new ExpiringMap(clock),
    deviceCodes: new ExpiringMap(clock),
    userCodes: new ExpiringMap(clock),
    deviceInteractions: new ExpiringMap(clock),
    backchannelRequests: new ExpiringMap(clock),
    grantAssertions: new ExpiringMap(clock),
    dpopProofs: new ExpiringMap(clock),
    consents: new Map(),
    registrations: new Map(),
    endedLogins: new WeakSet(),
    nextId(kind) {
      const count = (counters.get(kind) ?? 0) + 1
      counters.set(kind, count)
      return `${kind}-${count}`
    },
  }
}

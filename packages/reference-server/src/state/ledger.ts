import type { FaultName } from '../faults.ts'
import type { EpochSeconds } from '../options.ts'
import type { ServerClock } from './clock.ts'

/** A request that reached the server. Secrets among its parameters read `[masked]`. */
export interface LedgerRequest {
  readonly at: EpochSeconds
  readonly method: string
  readonly path: string
  /** The endpoint's name; `preflight` for a CORS preflight, `unknown` where there is no endpoint. */
  endpoint: string
  clientId: string | undefined
  grantType: string | undefined
  parameters: Readonly<Record<string, string>>
  /** The names of secrets that came in the URL, where logs and histories keep them. */
  readonly secretsInUrl: readonly string[]
  /** Which refresh token was presented, by its id, such as `rt-1`. */
  refreshTokenId: string | undefined
  /** The HTTP status of the answer; undefined while it is under way. */
  status: number | undefined
  /** The OAuth error code of the answer, also of one sent by redirect. */
  error: string | undefined
}

/** A token or code that was issued. Its value is not kept here. */
export interface LedgerToken {
  readonly at: EpochSeconds
  readonly kind: 'code' | 'access_token' | 'refresh_token' | 'id_token' | 'logout_token'
  /** Such as `at-3` or `rt-1`. */
  readonly id: string
  /** Tokens that come from one authorization share this; a code has none yet. */
  readonly familyId: string | undefined
  readonly clientId: string
  readonly subject: string
  readonly scope: string
  readonly expiresAt: EpochSeconds
}

/** Something worth a test's attention that is neither a request nor a token. */
export interface LedgerEvent {
  readonly at: EpochSeconds
  readonly type:
    | 'login'
    | 'logout'
    | 'code_replayed'
    | 'refresh_token_reused'
    | 'refresh_token_grace_used'
    | 'token_revoked'
    | 'family_revoked'
    | 'keys_rotated'
    | 'backchannel_logout'
    | 'fault'
  /** Which fault struck. */
  readonly fault?: FaultName
  readonly familyId?: string
  readonly tokenId?: string
  readonly username?: string
  readonly clientId?: string
  /** What a client answered to a logout token. */
  readonly status?: number
  /** Why no answer came. */
  readonly failure?: string
}

/** Any of these members, compared for equality. */
export type RequestFilter = Partial<
  Pick<
    LedgerRequest,
    'method' | 'path' | 'endpoint' | 'clientId' | 'grantType' | 'refreshTokenId' | 'status' | 'error'
  >
>

/** What happened at the server, oldest first. Each list keeps its latest entries, 10,000 unless set otherwise. */
export interface Ledger {
  readonly requests: readonly Readonly<LedgerRequest>[]
  readonly tokens: readonly LedgerToken[]
  readonly events: readonly LedgerEvent[]
  /** The requests that match every member of `filter`. */
  select(filter: RequestFilter): readonly Readonly<LedgerRequest>[]
  /** How many requests match, as in `count({ endpoint: 'token', grantType: 'refresh_token' })`. */
  count(filter?: RequestFilter): number
  /** How many events of this type there were. */
  countEvents(type: LedgerEvent['type']): number
  /** Forgets everything written so far. */
  clear(): void
}

/** The ledger as the server writes it. */
export interface LedgerWriter extends Ledger {
  openRequest(request: Pick<LedgerRequest, 'method' | 'path'> & Partial<LedgerRequest>): LedgerRequest
  addToken(token: Omit<LedgerToken, 'at'>): void
  addEvent(event: Omit<LedgerEvent, 'at'>): void
}

function matches(request: LedgerRequest, filter: RequestFilter): boolean {
  return Object.entries(filter).every(([name, value]) => request[name as keyof RequestFilter] === value)
}

/** An empty ledger whose entries carry the time of `clock`. */
export function createLedger(clock: ServerClock, capacity: number = 10_000): LedgerWriter {
  const requests: LedgerRequest[] = []
  const tokens: LedgerToken[] = []
  const events: LedgerEvent[] = []
  const append = <Entry>(list: Entry[], entry: Entry): Entry => {
    list.push(entry)
    if (list.length > capacity) list.shift()
    return entry
  }
  const select = (filter: RequestFilter) => requests.filter((request) => matches(request, filter))
  const blank = {
    endpoint: 'unknown',
    clientId: undefined,
    grantType: undefined,
    parameters: {},
    secretsInUrl: [],
    refreshTokenId: undefined,
    status: undefined,
    error: undefined,
  }
  return {
    requests,
    tokens,
    events,
    select,
    count: (filter = {}) => select(filter).length,
    countEvents: (type) => events.filter((event) => event.type === type).length,
    clear() {
      for (const list of [requests, tokens, events]) list.length = 0
    },
    openRequest: (request) => append(requests, { ...blank, ...request, at: clock.now() }),
    addToken: (token) => void append(tokens, { ...token, at: clock.now() }),
    addEvent: (event) => void append(events, { ...event, at: clock.now() }),
  }
}

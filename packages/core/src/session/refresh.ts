import { ProtocolError, SessionError, StorageError, TransportError, UsageError } from '../errors.ts'
import { epochSeconds, type EpochSeconds, type Seconds } from '../ports/clock.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { IdTokenClaims } from '../protocol/id-token.ts'
import type { TokenResponse } from '../protocol/token-request.ts'
import { ageOf, holdTokens } from './held-tokens.ts'
import { readRefreshOutcome } from './refresh-outcome.ts'
import { isFresh, isUsable, mergeTokenResponse } from './token-set.ts'
import type { SessionNews } from './session-news.ts'
import {
  advanceRecord,
  grantOf,
  type SessionRecord,
  type TokenTarget,
  type TokenVault,
  type VaultEntry,
} from './token-vault.ts'

/** What a refresh needs. */
export interface RefreshContext {
  readonly runtime: Runtime
  /** Names the refresh-token family's place; one refresh of it runs at a time. */
  readonly lockName: string
  readonly vault: TokenVault
  /** For how long the server is declared to honour a spent refresh token once more; 0 where it does not. */
  readonly reuseWindow: Seconds
  /** Learns what is still to be learnt about the server, before the refresh token counts as sent. */
  prepare(): Promise<void>
  /** One token request, for a refresh token that may be bound to a key. Nothing aborts it once it is under way. */
  request(
    refreshToken: string,
    use: { readonly target: TokenTarget | undefined; readonly boundTo: string | undefined },
  ): Promise<TokenResponse>
  /** Rejects while the server cannot be reached. */
  probe(): Promise<void>
  /** Tells the others who share the vault what was written there. */
  announce(news: SessionNews): void
  /** Revokes a refresh token that nobody may use any more, as well as that can be done. */
  discard(refreshToken: string): Promise<void>
}

/** What a caller has, and why that does not do. */
export interface StaleTokens {
  readonly entry: VaultEntry
  /** The access token that an API refused: it serves no longer, whatever its age. */
  readonly refused: string | undefined
  /** What the access token is for; undefined for the login's own. */
  readonly target: TokenTarget | undefined
}

/** A refresh under way: what it starts from and what it is for. */
interface Refresh extends RefreshContext {
  readonly stale: StaleTokens
}

/**
 * Gives tokens of another generation than `stale`: somebody else's, if one was first, else those of one token request.
 * While the outcome of an earlier request is unknown, the tokens at hand go on serving; when they no longer do, the same refresh token
 * is sent once more, and never a third time.
 * @throws SessionError `login_required` (logged out meanwhile), `session_expired`; TransportError, with `refresh_outcome_unknown`
 * where the answer was lost; ServerError; ProtocolError; StorageError
 * @see RFC 6749 section 6, RFC 9700 section 4.14
 */
export async function refresh(context: RefreshContext, stale: StaleTokens): Promise<VaultEntry> {
  await context.prepare()
  const self = { ...context, stale }
  return context.runtime.lock.run(context.lockName, async (isAlone) => {
    const entry = await readEntry(context.vault, stale.entry)
    const { attempt, generation, tokens } = entry.record
    if (generation !== stale.entry.record.generation && serves(self, entry, isFresh)) return entry
    const stillServes = serves(self, entry, isUsable)
    if (tokens.refreshToken === undefined && stillServes) return entry
    if (!attempt) return send(self, entry, false)
    const mayBeUnderWay = !isAlone && isRecent(context, attempt.startedAt)
    if (stillServes && (mayBeUnderWay || context.reuseWindow === 0)) return entry
    if (mayBeUnderWay) throw unknownOutcome()
    if (attempt.isRetry) throw await endSession(context, entry, 'Its answer was lost twice.')
    await context.probe()
    return send(self, entry, true)
  })
}

/** What the store has; or what the caller has, when the store could not take it. */
async function readEntry(vault: TokenVault, held?: VaultEntry): Promise<VaultEntry> {
  const entry = (await vault.read()) ?? (held?.version === 0 ? held : undefined)
  if (!entry) throw new SessionError('login_required', 'There is no session. Call login().')
  return entry
}

/** Whether a request that started then may still get its answer: the deadline of a request and time to spare. */
function isRecent({ runtime }: RefreshContext, startedAt: EpochSeconds): boolean {
  return Math.abs(epochSeconds(runtime.clock) - startedAt) < 30
}

/** Whether `entry` has an access token for what this refresh is for that was not refused and is, by its age, fresh or usable. */
function serves({ stale, runtime }: Refresh, entry: VaultEntry, test: typeof isFresh): boolean {
  const grant = grantOf(entry.record, stale.target)
  if (!grant || grant.accessToken === stale.refused) return false
  return test(grant, ageOf(holdTokens(entry, runtime.clock), grant, runtime.clock))
}

/** The mark goes down before the request goes out, so that whoever comes after a crash knows. */
async function send(context: Refresh, entry: VaultEntry, isRetry: boolean): Promise<VaultEntry> {
  const { refreshToken, boundTo } = entry.record.tokens
  if (refreshToken === undefined && context.stale.target) throw noRefreshToken(context.stale.target)
  if (refreshToken === undefined) throw await endSession(context, entry, 'There is no refresh token.')
  const attempt = { isRetry, startedAt: epochSeconds(context.runtime.clock) }
  const marked = await mark(context.vault, entry, attempt)
  if (!marked) return adoptOther(context, entry)
  let response: TokenResponse
  try {
    response = await context.request(refreshToken, { target: context.stale.target, boundTo })
    checkSameUser(entry.record.tokens.claims, response.claims)
  } catch (error) {
    return settleFailure(context, { entry, marked, error })
  }
  return keep(context, marked, response)
}

/** A store that cannot be written does not keep the session from going on in memory. */
async function mark(
  vault: TokenVault,
  entry: VaultEntry,
  attempt: NonNullable<SessionRecord['attempt']>,
): Promise<VaultEntry | undefined> {
  const record = { ...entry.record, attempt }
  return vault.write(record, entry.version).catch((error: unknown) => {
    if (!(error instanceof StorageError)) throw error
    return { record, version: entry.version }
  })
}

/** Somebody wrote between our look and our mark: their tokens, or their attempt whose outcome we do not know. */
async function adoptOther({ vault }: RefreshContext, entry: VaultEntry): Promise<VaultEntry> {
  const latest = await readEntry(vault)
  if (latest.record.generation !== entry.record.generation) return latest
  throw unknownOutcome()
}

async function settleFailure(
  context: Refresh,
  failed: { readonly entry: VaultEntry; readonly marked: VaultEntry; readonly error: unknown },
): Promise<VaultEntry> {
  const { entry, marked, error } = failed
  switch (readRefreshOutcome(error)) {
    case 'refused': {
      const latest = await readEntry(context.vault, marked)
      if (latest.record.generation !== entry.record.generation) return latest
      const over = await endSession(context, latest, 'The server refuses the refresh token.')
      throw error instanceof SessionError ? error : over
    }
    case 'unspent':
      await context.vault.write(entry.record, marked.version).catch(() => undefined)
      throw error
    case 'unknown':
      if (context.reuseWindow > 0 && !marked.record.attempt?.isRetry) return send(context, marked, true)
      throw error instanceof ProtocolError ? error : unknownOutcome()
  }
}

/** Whoever logged out or in while the request was under way has the last word: the answer is then thrown away. */
async function keep(context: Refresh, marked: VaultEntry, response: TokenResponse): Promise<VaultEntry> {
  const { vault, runtime } = context
  const now = epochSeconds(runtime.clock)
  const { target } = context.stale
  const granted = target ? response : withoutMore(response, marked.record.tokens.scope)
  const tokens = mergeTokenResponse(granted, marked.record.tokens, { now, random: runtime.random() })
  const record = advanceRecord(marked.record, tokens, target)
  try {
    return (
      (await publish(context, record, marked.version)) ?? (await resolveConflict(context, record, marked))
    )
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    // What the store still holds is spent: better nothing there than that.
    await vault.erase(marked.version).catch(() => undefined)
    return { record, version: 0 }
  }
}

/** A refresh grants nothing that the login did not, whatever the answer says. @see RFC 6749 section 6 */
function withoutMore(response: TokenResponse, scope: string): TokenResponse {
  const allowed = scope.split(' ')
  const kept = response.scope?.split(' ').filter((word) => allowed.includes(word))
  return { ...response, scope: kept?.join(' ') }
}

async function publish(
  { vault, announce }: RefreshContext,
  record: SessionRecord,
  version: number,
): Promise<VaultEntry | undefined> {
  const written = await vault.write(record, version)
  if (written) announce('changed')
  return written
}

async function resolveConflict(
  context: RefreshContext,
  record: VaultEntry['record'],
  marked: VaultEntry,
): Promise<VaultEntry> {
  let latest = await context.vault.read()
  // Only a second attempt with our own refresh token stands there: our answer is the better news.
  if (latest?.record.generation === marked.record.generation) {
    const written = await publish(context, record, latest.version)
    if (written) return written
    latest = await context.vault.read()
  }
  if (latest?.record.family === record.family) return latest
  if (record.tokens.refreshToken !== undefined)
    await context.discard(record.tokens.refreshToken).catch(() => undefined)
  return readEntry(context.vault)
}

async function endSession(context: RefreshContext, entry: VaultEntry, why: string): Promise<SessionError> {
  const latest = await context.vault.read()
  if (latest?.record.generation === entry.record.generation) {
    await context.vault.erase(latest.version)
    context.announce('expired')
  }
  return new SessionError(
    'session_expired',
    `The session cannot be renewed. ${why} The user must log in again: call login().`,
  )
}

function noRefreshToken({ resource }: TokenTarget): UsageError {
  return new UsageError(
    'refresh_token_required',
    `An access token for ${resource} is had by the refresh token, and this session has none. Ask for one at login (often by the scope offline_access).`,
  )
}

function unknownOutcome(): TransportError {
  return new TransportError(
    'refresh_outcome_unknown',
    'The answer to a refresh was lost, so nobody knows whether the refresh token is spent. The session is kept; it is tried once more when the access token no longer serves.',
  )
}

/** Some servers set `auth_time` anew at each refresh; none that is sound sets it back. @see OpenID Connect Core section 12.2 */
function checkSameUser(before: IdTokenClaims | undefined, after: IdTokenClaims | undefined): void {
  if (!before || !after) return
  const isOlder = Number(after.auth_time) < Number(before.auth_time)
  const changed =
    (['iss', 'sub'] as const).find((name) => before[name] !== after[name]) ?? (isOlder && 'auth_time')
  if (changed) {
    throw new ProtocolError(
      'id_token_claim_invalid',
      `The refreshed ID token has another ${changed}. It was dropped.`,
      { claim: changed },
    )
  }
}

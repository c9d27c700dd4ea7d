import { generateRandomState } from 'oauth4webapi'
import type { KeyValueStore } from '../ports/key-value-store.ts'
import type { EpochSeconds } from '../ports/clock.ts'
import type { AccessGrant, TokenSet } from './token-set.ts'

/** What is remembered of a session. */
export interface SessionRecord {
  readonly tokens: TokenSet
  /** Access tokens for other resources, from the same refresh token, by `targetKey`. */
  readonly resources?: Readonly<Record<string, AccessGrant>>
  /** One login and everything refreshed from it. */
  readonly family: string
  /** One token set: another value means other tokens. */
  readonly generation: string
  /**
   * There while the refresh token was sent and no outcome is known: the request is under way, or its sender died, or its answer was lost.
   * `isRetry` once the same refresh token was sent for the second time.
   */
  readonly attempt?: { readonly isRetry: boolean; readonly startedAt: EpochSeconds }
}

/** A record as it stood in the store. */
export interface VaultEntry {
  readonly record: SessionRecord
  /** What a write must name to go over exactly this; 0 when the store has nothing and the record is held in memory only. */
  readonly version: number
}

/** Where the session of one client at one issuer is held. */
export interface TokenVault {
  /** Whether other tabs or processes have the same one. */
  readonly isShared: boolean
  read(): Promise<VaultEntry | undefined>
  /** Writes, over anything or over exactly `version`; gives undefined when that is no longer there. */
  write(record: SessionRecord, version?: number): Promise<VaultEntry | undefined>
  /** Erases, whatever is there or exactly `version`. */
  erase(version?: number): Promise<void>
}

/** The record of a login. */
export function createRecord(tokens: TokenSet): SessionRecord {
  return { tokens, family: generateRandomState(), generation: generateRandomState() }
}

/** A protected resource other than the one that the login's access token is for. @see RFC 8707 section 2 */
export interface TokenTarget {
  readonly resource: string
  /** Part of the session's scope. Default: what the server gives for this resource. */
  readonly scope?: string
}

/** Under which name the access token for `target` is kept. */
function targetKey({ resource, scope = '' }: TokenTarget): string {
  return `${resource} ${scope}`
}

/** The access token for `target`, or the login's own, without what came beside it: it is handed on. */
export function grantOf(
  { tokens, resources }: SessionRecord,
  target: TokenTarget | undefined,
): AccessGrant | undefined {
  if (target) return resources?.[targetKey(target)]
  const { accessToken, expiresIn, receivedAt, renewAt, boundTo, scope } = tokens
  return { accessToken, expiresIn, receivedAt, renewAt, boundTo, scope }
}

/** The record after a refresh: one refresh token, whatever resource the access token is for. */
export function advanceRecord(
  before: SessionRecord,
  tokens: TokenSet,
  target: TokenTarget | undefined,
): SessionRecord {
  const { attempt: _, ...rest } = before
  const generation = generateRandomState()
  if (!target) return { ...rest, tokens, generation }
  const { refreshToken, refreshExpiresAt, idToken, claims, ...grant } = tokens
  const resources = { ...before.resources, [targetKey(target)]: grant }
  return {
    ...rest,
    tokens: { ...before.tokens, refreshToken, refreshExpiresAt, idToken, claims },
    resources,
    generation,
  }
}

/** Holds a record under one key of `store`. What is not a record there counts as nothing. */
export function createTokenVault(store: KeyValueStore, key: string): TokenVault {
  return {
    isShared: store.isShared === true,
    read: async () => {
      const stored = await store.get(key)
      return stored && isRecord(stored.value) ? { record: stored.value, version: stored.version } : undefined
    },
    write: async (record, version) => {
      const written = await store.put(key, record, version === undefined ? {} : { ifVersion: version })
      return written === undefined ? undefined : { record, version: written }
    },
    erase: (version) => store.delete(key, version === undefined ? {} : { ifVersion: version }),
  }
}

/**
 * When the session of what a vault holds can be renewed no more, by the server's own word at its last answer; undefined where there is none.
 * For whoever sets an end to sessions.
 */
export function readRefreshEnd(value: unknown): EpochSeconds | undefined {
  return isRecord(value) ? value.tokens.refreshExpiresAt : undefined
}

function isRecord(value: unknown): value is SessionRecord {
  const { tokens, family, generation, attempt } = Object(value) as Partial<SessionRecord>
  const { accessToken, scope, receivedAt, ...rest } = Object(tokens) as Partial<TokenSet>
  const { startedAt } = Object(attempt) as Partial<NonNullable<SessionRecord['attempt']>>
  const isAbsentOr = (type: string, ...members: readonly unknown[]): boolean =>
    members.every((member) => member === undefined || typeof member === type)
  return (
    [family, generation, accessToken, scope].every((text) => typeof text === 'string') &&
    typeof receivedAt === 'number' &&
    isAbsentOr('number', rest.expiresIn, rest.renewAt, rest.refreshExpiresAt, startedAt) &&
    isAbsentOr('string', rest.refreshToken, rest.idToken, rest.boundTo)
  )
}

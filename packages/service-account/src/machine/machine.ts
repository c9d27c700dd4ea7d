import {
  type ClientAuthentication,
  type ClientCredentialsOptions,
  completeRuntime,
  createTokenClient,
  type Runtime,
  type TokenClient,
  type TokenClientOptions,
  UsageError,
} from '@oauth-concierge/core'
import type { NormalTarget } from '../cache/cache-key.ts'
import { sharedTokenCache, type TokenCache } from '../cache/token-cache.ts'
import type { TokenStore } from '../cache/token-store.ts'
import type { TokenTarget } from '../token-source.ts'
import { createServerTime, type ServerTime } from './server-clock.ts'

/** What every kind of token source can be told. */
export interface SourceOptions extends TokenTarget {
  /**
   * Origins that `fetch` may send the token to. Default: the origins of `resource` and `audience`, as far as those are URLs; without any,
   * `fetch` sends it nowhere.
   */
  readonly apis?: readonly string[]
  /** Parameters of the server's own, sent with each token request. */
  readonly extraParameters?: Readonly<Record<string, string>>
  /** Default: one that all sources of this process share that reach the network the same way. */
  readonly cache?: TokenCache
  /** Shares tokens with other processes. Default: none. */
  readonly store?: TokenStore
  readonly runtime?: Partial<Runtime>
}

/** Which authorization server is asked, and how it is spoken to. */
export type ServerDescription = Pick<
  TokenClientOptions,
  'issuer' | 'metadata' | 'issuerKind' | 'serverHabits' | 'senderConstraint'
>

/** A client without a user, and what it keeps. */
export interface Machine {
  readonly tokenClient: TokenClient
  readonly serverTime: ServerTime
  /** With this machine's own clock, where that of `tokenClient` is set by the server. */
  readonly runtime: Runtime
  readonly cache: TokenCache
  readonly store: TokenStore | undefined
  readonly extraParameters: Readonly<Record<string, string>> | undefined
}

/**
 * Makes the client of a token source. Does no I/O.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_malformed` for `metadata` given by hand
 */
export function createMachine(
  options: SourceOptions & ServerDescription & { readonly clientId: string },
  clientAuthentication: ClientAuthentication,
): Machine {
  const { cache = sharedTokenCache(options.runtime?.http), store, extraParameters } = options
  const runtime = completeRuntime(options.runtime)
  const serverTime = createServerTime(runtime)
  const { issuer, clientId, metadata, issuerKind, serverHabits, senderConstraint } = options
  const tokenClient = createTokenClient({
    issuer,
    clientId,
    clientAuthentication,
    ...(metadata && { metadata }),
    ...(issuerKind && { issuerKind }),
    ...(serverHabits && { serverHabits }),
    ...(senderConstraint && { senderConstraint }),
    runtime: serverTime.runtime,
  })
  return { tokenClient, serverTime, runtime, cache, store, extraParameters }
}

/** What a target adds to a token request. */
export function targetParameters(
  { extraParameters }: Pick<Machine, 'extraParameters'>,
  { scope, audience, resource }: NormalTarget,
): Pick<ClientCredentialsOptions, 'scope' | 'resource' | 'extraParameters'> {
  return {
    ...(scope !== undefined && { scope }),
    ...(resource && { resource }),
    extraParameters: { ...extraParameters, ...(audience !== undefined && { audience }) },
  }
}

/** Origins that a token for this target is for, unless others are declared. */
export function apisOf({ apis, resource, audience }: SourceOptions): readonly string[] {
  if (apis) return apis
  const named = [
    ...(typeof resource === 'string' ? [resource] : (resource ?? [])),
    ...(audience ? [audience] : []),
  ]
  return named.filter((name) => /^https?:\/\//.test(name) && URL.canParse(name))
}

/** @throws UsageError `invalid_configuration` */
export function requireText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new UsageError('invalid_configuration', `${name} is missing, or is no text.`)
}

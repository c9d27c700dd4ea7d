import type { Clock } from '../ports/clock.ts'
import type { AuthorizationExtension } from '../protocol/authorization-extension.ts'
import { checkIssuer, type Client } from '../protocol/client.ts'
import { createKeySet, type KeySet } from '../protocol/key-set.ts'
import {
  checkServerMetadata,
  requestServerMetadata,
  type ServerMetadata,
} from '../protocol/server-metadata.ts'
import type { LiveSession } from '../session/live-session.ts'
import type { TransactionStore } from '../session/transaction.ts'

/** What the flows of one relying party share. */
export interface RelyingPartyContext {
  readonly client: Client
  readonly clock: Clock
  readonly keySet: KeySet
  readonly scope: string
  readonly extensions: readonly AuthorizationExtension[]
  readonly transactions: TransactionStore
  readonly session: LiveSession
  /** The metadata of the server: asked for once, and again after a failure. */
  metadata(): Promise<ServerMetadata>
  /** Spares the request where the metadata is known already, as from a transaction. */
  learnMetadata(metadata: ServerMetadata): void
}

/** What is learnt about the server. */
export type ServerMemory = Pick<RelyingPartyContext, 'keySet' | 'metadata' | 'learnMetadata'>

/** What is said by hand about the server. */
export interface ServerOptions {
  /**
   * The endpoints, in the words of RFC 8414, of a server that publishes no metadata. They are checked as if it had, and nothing is asked for.
   * Default: the metadata that the server publishes.
   */
  readonly metadata?: Partial<ServerMetadata>
  /**
   * `name` for a server whose issuer identifier is no URL but, say, a bare host name. It needs `metadata`: there is no address to ask.
   * Default `url`.
   */
  readonly issuerKind?: 'url' | 'name'
}

/**
 * Keeps what is learnt about the server of `client`.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_issuer_mismatch`, `metadata_malformed`
 */
export function createServerMemory(client: Client, options: ServerOptions = {}): ServerMemory {
  const { metadata, issuerKind } = options
  if (!metadata || issuerKind !== 'name') checkIssuer(client.issuer)
  let known: Promise<ServerMetadata> | undefined =
    metadata && Promise.resolve(checkServerMetadata(client, { issuer: client.issuer, ...metadata }))
  const ask = (): Promise<ServerMetadata> => {
    const asked = requestServerMetadata(client)
    asked.catch(() => {
      if (known === asked) known = undefined
    })
    return asked
  }
  return {
    keySet: createKeySet(client),
    metadata: () => (known ??= ask()),
    learnMetadata: (metadata) => void (known ??= Promise.resolve(metadata)),
  }
}

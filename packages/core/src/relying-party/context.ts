import type { Clock } from '../ports/clock.ts'
import { checkIssuer, type Client } from '../protocol/client.ts'
import { createKeySet, type KeySet } from '../protocol/key-set.ts'
import { requestServerMetadata, type ServerMetadata } from '../protocol/server-metadata.ts'
import type { LiveSession } from '../session/live-session.ts'
import type { TransactionStore } from '../session/transaction.ts'

/** What the flows of one relying party share. */
export interface RelyingPartyContext {
  readonly client: Client
  readonly clock: Clock
  readonly keySet: KeySet
  readonly scope: string
  readonly transactions: TransactionStore
  readonly session: LiveSession
  /** The metadata of the server: asked for once, and again after a failure. */
  metadata(): Promise<ServerMetadata>
  /** Spares the request where the metadata is known already, as from a transaction. */
  learnMetadata(metadata: ServerMetadata): void
}

/** What is learnt about the server. */
export type ServerMemory = Pick<RelyingPartyContext, 'keySet' | 'metadata' | 'learnMetadata'>

/** Keeps what was learnt about the server of `client`. */
export function createServerMemory(client: Client): ServerMemory {
  checkIssuer(client.issuer)
  let known: Promise<ServerMetadata> | undefined
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

import type { Clock } from '../ports/clock.ts'
import { checkIssuer, type Client } from '../protocol/client.ts'
import { createKeySet, type KeySet } from '../protocol/key-set.ts'
import { requestServerMetadata, type ServerMetadata } from '../protocol/server-metadata.ts'
import type { SessionState } from '../session/session-state.ts'
import type { TokenSet } from '../session/token-set.ts'
import type { TokenVault } from '../session/token-vault.ts'
import type { TransactionStore } from '../session/transaction.ts'

/** What the flows of one relying party share. */
export interface RelyingPartyContext {
  readonly client: Client
  readonly clock: Clock
  readonly keySet: KeySet
  readonly scope: string
  readonly transactions: TransactionStore
  readonly vault: TokenVault
  readonly state: SessionState
  /** The metadata of the server: asked for once, and again after a failure. */
  metadata(): Promise<ServerMetadata>
  /** Spares the request where the metadata is known already, as from a transaction. */
  learnMetadata(metadata: ServerMetadata): void
  /** The tokens in force as this object knows them: what a fresh access token is served from without any wait. */
  tokens: TokenSet | undefined
}

/** Keeps what was learnt about the server. */
export function createServerMemory(
  client: Client,
): Pick<RelyingPartyContext, 'keySet' | 'metadata' | 'learnMetadata'> {
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

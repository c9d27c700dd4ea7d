import type { Client } from './client.ts'
import type { KeySet } from './key-set.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** A client that asks for tokens and has no session: what the grants without a redirect work on. Made by `createTokenClient()`. */
export interface TokenClient {
  readonly client: Client
  readonly keySet: KeySet
  /** The metadata of the server: asked for once, and again after a failure. */
  metadata(): Promise<ServerMetadata>
}

import type { KeyValueStore, Runtime, StorageError } from '@oauth-concierge/core'

/** What a token store is given. */
export interface TokenStoreSurroundings {
  /** Ports to replace, as in a test. */
  readonly runtime?: Partial<Runtime> | undefined
  /** Learns, once, why tokens are not kept where they were meant to be: they are in memory then, and end with the page. */
  readonly onDegraded?: ((reason: StorageError) => void) | undefined
}

/** Where the tokens of a session live. `docs/choosing-a-token-store.md` says what each choice is worth. */
export interface TokenStore {
  readonly name: string
  /** Whether the tabs of the origin have one session in it, so that one of them renews for all. */
  readonly isShared: boolean
  /** Opens it. Touches no storage before its first use, on a server as well. */
  vault(surroundings: TokenStoreSurroundings): KeyValueStore
}

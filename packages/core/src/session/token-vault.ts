import type { KeyValueStore } from '../ports/key-value-store.ts'
import type { TokenSet } from './token-set.ts'

/** A token set and the generation under which it is held. */
export interface VaultEntry {
  readonly tokens: TokenSet
  readonly generation: number
}

/** Where the tokens of one client at one issuer are held. */
export interface TokenVault {
  read(): Promise<VaultEntry | undefined>
  /** Writes the tokens of a login over whatever was there; gives the new generation. */
  replace(tokens: TokenSet): Promise<number>
  /** Writes the tokens of a refresh if nobody wrote or erased since `generation`; else gives `undefined`. */
  advance(tokens: TokenSet, generation: number): Promise<number | undefined>
  erase(): Promise<void>
}

/** Holds a token set under one key of `store`. What is not a token set there counts as nothing. */
export function createTokenVault(store: KeyValueStore, key: string): TokenVault {
  return {
    read: async () => {
      const stored = await store.get(key)
      return stored && isTokenSet(stored.value)
        ? { tokens: stored.value, generation: stored.version }
        : undefined
    },
    replace: async (tokens) => (await store.put(key, tokens)) ?? 0,
    advance: (tokens, generation) => store.put(key, tokens, { ifVersion: generation }),
    erase: () => store.delete(key),
  }
}

function isTokenSet(value: unknown): value is TokenSet {
  const { accessToken, scope } = Object(value) as Partial<TokenSet>
  return typeof accessToken === 'string' && typeof scope === 'string'
}

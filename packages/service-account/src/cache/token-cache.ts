import { type Backoff, type Http, UsageError } from '@oauth-concierge/core'
import type { HeldToken } from './held-token.ts'

/** What is known of one token: the token itself, and how getting it goes. */
export interface TokenSlot {
  token: HeldToken | undefined
  /** The exchange under way. */
  flight: Promise<HeldToken> | undefined
  backoff: Backoff | undefined
  /** Whether it was looked at since the cache last looked for room. */
  used: boolean
}

/** Tokens in the memory of this process, shared by all sources that use it. */
export interface TokenCache {
  /** How many tokens it has room in use for. */
  readonly size: number
  /** Forgets every token. */
  clear(): void
}

/** Finds the slot of a key; makes it where there is none. */
type FindSlot = (key: string) => TokenSlot

const slots = new WeakMap<TokenCache, FindSlot>()

const defaultMaxEntries = 10_000

/**
 * A cache of its own for some sources, in place of the one that all sources of a process share.
 * @param options.maxEntries how many tokens it holds at the most; of more, one that was not used lately makes room. Default 10,000.
 * @throws UsageError `invalid_configuration`
 */
export function createTokenCache({
  maxEntries = defaultMaxEntries,
}: { readonly maxEntries?: number } = {}): TokenCache {
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new UsageError('invalid_configuration', 'maxEntries must be a whole number of at least 1.')
  }
  const entries = new Map<string, TokenSlot>()
  const cache: TokenCache = {
    get size() {
      return entries.size
    },
    clear: () => entries.clear(),
  }
  slots.set(cache, (key) => {
    const known = entries.get(key)
    if (known) {
      known.used = true
      return known
    }
    if (entries.size >= maxEntries) makeRoom(entries)
    const slot: TokenSlot = { token: undefined, flight: undefined, backoff: undefined, used: false }
    entries.set(key, slot)
    return slot
  })
  return cache
}

/** The slot of `key` in `cache`. */
export function slotOf(cache: TokenCache, key: string): TokenSlot {
  const find = slots.get(cache)
  if (!find) throw new UsageError('invalid_configuration', 'cache must be made by createTokenCache().')
  return find(key)
}

/** The oldest entry goes that was neither used nor is being fetched; one that was gets a second round. */
function makeRoom(entries: Map<string, TokenSlot>): void {
  let left = entries.size
  for (const [key, slot] of entries) {
    entries.delete(key)
    if ((!slot.used && !slot.flight) || left === 0) return
    slot.used = false
    entries.set(key, slot)
    left -= 1
  }
}

const shared = new WeakMap<object, TokenCache>()
const noHttp = {}

/** The cache that all sources share that reach the network by the same `http`: a token got one way is not handed to another. */
export function sharedTokenCache(http: Http | undefined): TokenCache {
  const owner = http ?? noHttp
  const cache = shared.get(owner) ?? createTokenCache()
  shared.set(owner, cache)
  return cache
}

import type { Clock, KeyValueStore, Lock } from '@oauth-concierge/core'
import { digest } from './cache-key.ts'
import { type HeldToken, isFresh, monotonicSeconds, wallSeconds } from './held-token.ts'

/** A store that several processes share, and the lock by which they take turns. */
export interface TokenStore extends KeyValueStore {
  readonly lock: Lock
}

/** Gets a token by `exchange` unless another process has got one already. */
export async function shareToken(
  {
    store,
    clock,
    key,
    isWanted,
  }: {
    readonly store: TokenStore
    readonly clock: Clock
    readonly key: string
    readonly isWanted: (held: HeldToken) => boolean
  },
  exchange: () => Promise<HeldToken>,
): Promise<HeldToken> {
  const name = `concierge:token:${await digest(key)}`
  const read = async (): Promise<HeldToken | undefined> => {
    const stored = await store.get(name).catch(() => undefined)
    const held = stored && adopt(stored.value, clock)
    return held && isFresh(held, clock) && isWanted(held) ? held : undefined
  }
  const get = async (): Promise<HeldToken> => {
    const shared = await read()
    if (shared) return shared
    const held = await exchange()
    // A token that is bound to a key of this process serves nobody else. A store that fails costs an exchange, not the call.
    if (held.boundTo === undefined) await store.put(name, held).catch(() => undefined)
    return held
  }
  return (await read()) ?? store.lock.run(name, get)
}

/** What another process wrote, by this process's clocks. One that comes from the future is too strange to use. */
function adopt(value: unknown, clock: Clock): HeldToken | undefined {
  const held = value as HeldToken
  const age = wallSeconds(clock) - held.receivedAt
  if (typeof held.accessToken !== 'string' || !(age >= 0)) return undefined
  return { ...held, receivedAtMonotonic: monotonicSeconds(clock) - age }
}

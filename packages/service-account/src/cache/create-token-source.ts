import {
  type AccessGrant,
  createAuthorizedFetch,
  createBackoff,
  type Fetch,
  type Renewal,
  type Runtime,
  type TokenClient,
  type TokenResponse,
  untilAborted,
  UsageError,
} from '@oauth-concierge/core'
import { takeTurn } from './next-turn.ts'
import type { AccessToken, TokenSource, WaitOptions } from '../token-source.ts'
import { ageOf, describeToken, type HeldToken, holdToken, isFresh, isUsable } from './held-token.ts'
import { slotOf, type TokenCache, type TokenSlot } from './token-cache.ts'
import { shareToken, type TokenStore } from './token-store.ts'

/** What a token source is made of. */
export interface TokenSourceParts {
  readonly tokenClient: TokenClient
  /** With this machine's own clock. */
  readonly runtime: Runtime
  readonly cache: TokenCache
  readonly store: TokenStore | undefined
  /** Origins that the token may be sent to. */
  readonly apis: readonly string[]
  /** What was asked for: it counts as granted where the server does not say. */
  readonly scope: string | undefined
  /** Names the token: who asks whom for what, and by which key. It may change over time, as keys do. */
  key(): string | Promise<string>
  /** Asks the server. */
  request(): Promise<TokenResponse>
  isDisposed(): boolean
  dispose(): void
}

/** A token the API refused a moment after it was issued is not going to be any better when issued again. */
const tooYoungToRenew = 10

/** Wires the parts. Does no I/O. */
export function createTokenSource(parts: TokenSourceParts): TokenSource {
  const { cache, runtime } = parts
  const { clock } = runtime
  let found: TokenSlot | undefined
  let foundFor: string | undefined
  let checkedAt = 0
  let checked: HeldToken | undefined

  /** The token at hand if it is fresh. Both clocks are read once a second; in between, one look at the wall clock does. */
  const peek = (): HeldToken | undefined => {
    const token = found?.token
    if (!token || parts.isDisposed()) return undefined
    const wallTime = clock.wallTime()
    if (token === checked && wallTime >= checkedAt && wallTime - checkedAt < 1_000) return token
    // Keys may have been exchanged since: then the slot is another.
    if (parts.key() !== foundFor || !isFresh(token, clock)) return undefined
    checked = token
    checkedAt = wallTime
    return token
  }

  const currentFor = (key: string): HeldToken | Promise<HeldToken> => {
    const slot = slotOf(cache, key)
    // What was got with the keys before goes on serving while the server cannot be asked with the new ones.
    if (key !== foundFor) slot.token ??= found?.token
    found = slot
    foundFor = key
    const { token } = slot
    if (token && isFresh(token, clock)) return token
    const renewal = renew(parts, slot, key, token)
    if (!token || !isUsable(token, clock)) return renewal
    renewal.catch(() => undefined)
    return token
  }

  const current = (): HeldToken | Promise<HeldToken> => {
    if (parts.isDisposed()) throw new UsageError('source_disposed', 'This token source was disposed of.')
    const key = parts.key()
    return typeof key === 'string' ? currentFor(key) : key.then(currentFor)
  }

  const otherThan = async (refused: AccessGrant): Promise<HeldToken> => {
    const held = await current()
    if (held.accessToken !== refused.accessToken || ageOf(held, clock) < tooYoungToRenew) return held
    const key = await parts.key()
    return renew(parts, slotOf(cache, key), key, held)
  }

  const wait = async ({ signal }: WaitOptions = {}): Promise<HeldToken> => {
    signal?.throwIfAborted()
    const token = peek() ?? current()
    return signal && token instanceof Promise ? untilAborted(signal, token) : token
  }

  let authorized: Fetch | undefined
  const authorize = (): Fetch =>
    createApiFetch(parts, { current: async () => peek() ?? current(), otherThan })

  return {
    getAccessToken: async (options) =>
      (options ? await wait(options) : (peek() ?? (await current()))).accessToken,
    getToken: async (options): Promise<AccessToken> => describeToken(await wait(options)),
    fetch: async (input, init) => (authorized ??= authorize())(input, init),
    dispose: parts.dispose,
  }
}

/** A fetch with tokens that no login stands behind. @throws UsageError `invalid_configuration`, `insecure_url` */
export function createApiFetch(
  { tokenClient, runtime, apis }: Pick<TokenSourceParts, 'tokenClient' | 'runtime' | 'apis'>,
  tokens: Pick<Renewal, 'current' | 'otherThan'>,
): Fetch {
  const { senderConstraint } = tokenClient.client
  // A machine can always have another token.
  const login = () => ({ family: undefined, subject: undefined, isRenewable: true })
  return createAuthorizedFetch({ runtime, senderConstraint, login }, tokens, { apis })
}

/** One exchange a slot, for any number of callers. */
function renew(
  parts: TokenSourceParts,
  slot: TokenSlot,
  key: string,
  before: HeldToken | undefined,
): Promise<HeldToken> {
  slot.flight ??= attempt(parts, slot, key, before).finally(() => (slot.flight = undefined))
  return slot.flight
}

async function attempt(
  parts: TokenSourceParts,
  slot: TokenSlot,
  key: string,
  before: HeldToken | undefined,
): Promise<HeldToken> {
  const { runtime, store } = parts
  slot.backoff?.check()
  await takeTurn()
  const exchange = async (): Promise<HeldToken> =>
    holdToken(await parts.request(), {
      asked: parts.scope ?? '',
      clock: runtime.clock,
      random: runtime.random(),
    })
  try {
    const isWanted = ({ accessToken }: HeldToken): boolean => accessToken !== before?.accessToken
    slot.token = store
      ? await shareToken({ store, clock: runtime.clock, key, isWanted }, exchange)
      : await exchange()
    slot.backoff = undefined
    await moveWithKey(parts, slot.token, key)
    return slot.token
  } catch (error) {
    slot.backoff ??= createBackoff(runtime)
    slot.backoff.note(error)
    throw error
  }
}

/** An exchange that found new keys names its token anew: it is found under that name too. */
async function moveWithKey(parts: TokenSourceParts, token: HeldToken, key: string): Promise<void> {
  const now = await parts.key()
  if (now !== key) slotOf(parts.cache, now).token = token
}

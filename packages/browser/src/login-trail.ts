import { type Clock, type KeyValueStore, type Milliseconds, UsageError } from '@oauth-concierge/core'

/** Watches over what happens between a page and the authorization server across several pages. */
export interface LoginTrail {
  /** Remembers that a login began in this tab, and where it is to end. */
  begin(returnTo: string): Promise<void>
  /** Notes that an answer came back. */
  noteReturn(): Promise<void>
  /** @throws UsageError `login_loop` after three answers within a minute */
  check(): Promise<void>
  /** Whether a login began in this tab, so that its answer must be known here. */
  hasBegun(): Promise<boolean>
  /** Forgets the login; gives where it was to end, if it began in any tab within a quarter of an hour. */
  end(): Promise<string | undefined>
}

/** Where a trail is written. A store that fails is as good as one that forgets. */
export interface TrailStores {
  /** The tab's own. */
  readonly tab: KeyValueStore
  /** That of all tabs of the origin. */
  readonly shared: KeyValueStore
}

const mostReturns = 3
const within: Milliseconds = 60_000
const longestLogin: Milliseconds = 900_000

export function createLoginTrail({ tab, shared }: TrailStores, clock: Clock, client: string): LoginTrail {
  const returnsKey = `concierge:returns:${client}`
  const targetKey = `concierge:target:${client}`
  const isRecent = (at: unknown, limit: Milliseconds): boolean =>
    typeof at === 'number' && Math.abs(clock.wallTime() - at) < limit
  const returns = async (): Promise<readonly number[]> => {
    const value = (await tab.get(returnsKey).catch(nothing))?.value
    return Array.isArray(value) ? value.filter((at) => isRecent(at, within)) : []
  }
  return {
    begin: async (returnTo) => {
      const target = { returnTo, at: clock.wallTime() }
      await tab.put(targetKey, target).catch(nothing)
      await shared.put(targetKey, target).catch(nothing)
    },
    noteReturn: async () => {
      const latest = [...(await returns()), clock.wallTime()].slice(-mostReturns)
      await tab.put(returnsKey, latest).catch(nothing)
    },
    check: async () => {
      if ((await returns()).length < mostReturns) return
      throw new UsageError(
        'login_loop',
        'Three logins came back within a minute and another one was asked for. Look why the session is not taken for one, or wait a minute.',
      )
    },
    hasBegun: async () => (await tab.get(targetKey).catch(nothing)) !== undefined,
    end: async () => {
      const own = await tab.take(targetKey).catch(nothing)
      const latest = await shared.take(targetKey).catch(nothing)
      const { returnTo, at } = Object(own ?? latest) as Record<string, unknown>
      return typeof returnTo === 'string' && isRecent(at, longestLogin) ? returnTo : undefined
    },
  }
}

function nothing(): undefined {
  return undefined
}

import type { AuthEvent } from '@oauth-concierge/browser'
import type { TabRecord } from './own-events.ts'

/** One event in its place. */
export interface Moment {
  readonly event: AuthEvent
  /** Counted from 0. */
  readonly lane: number
  /** Seconds since the first event of its burst; undefined for the first, which tells the time of day. */
  readonly after: number | undefined
  /** Whether the last event of its kind in this lane said the same. */
  readonly isRepeated: boolean
}

/** A timeline: who is in it, side by side, and what happened, oldest first. */
export interface Arrangement {
  readonly lanes: readonly string[]
  readonly moments: readonly Moment[]
}

const longestPause = 3_000
const mostMoments = 120

/** Puts the events of all tabs in order. The worker's reach every tab, and are drawn once. */
export function arrange(tabs: readonly TabRecord[], hereId: string): Arrangement {
  const ofWorker = new Map<string, AuthEvent>()
  const inOrder = tabs.flatMap(({ events }, lane) =>
    events.flatMap((event) => {
      if (!event.inWorker) return [{ event, lane }]
      ofWorker.set(JSON.stringify(event), event)
      return []
    }),
  )
  for (const event of ofWorker.values()) inOrder.push({ event, lane: tabs.length })
  const names = tabs.map(({ id }, index) => `Tab ${index + 1}${id === hereId ? ' (this one)' : ''}`)
  return {
    lanes: ofWorker.size > 0 ? [...names, 'Worker'] : names,
    moments: inBursts(inOrder.sort(byTime).slice(-mostMoments)),
  }
}

interface Placed {
  readonly event: AuthEvent
  readonly lane: number
}

/** What is heard was told before, within the same millisecond or not. */
function byTime({ event: one }: Placed, { event: other }: Placed): number {
  return one.at - other.at || Number('heard' in one.detail) - Number('heard' in other.detail)
}

function inBursts(placed: readonly Placed[]): readonly Moment[] {
  const latest = new Map<string, string>()
  let begun = 0
  let last = -Infinity
  return placed.flatMap(({ event, lane }) => {
    const kind = `${lane} ${event.name}`
    const said = JSON.stringify(event.detail)
    const isRepeated = latest.get(kind) === said
    latest.set(kind, said)
    // Whoever is logged in and has new tokens is told of; that there is still nobody is no news.
    if (isRepeated && event.name === 'session' && event.detail['status'] !== 'authenticated') return []
    const isFirst = event.at - last > longestPause
    if (isFirst) begun = event.at
    last = event.at
    return [{ event, lane, isRepeated, after: isFirst ? undefined : (event.at - begun) / 1000 }]
  })
}

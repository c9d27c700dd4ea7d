import type { AuthEvent } from '@oauth-concierge/browser'

/** One tab of the browser and what happened in it. It outlives the page: a login leaves the page and comes back as another. */
export interface TabRecord {
  readonly id: string
  /** When the tab first showed this app, in milliseconds since 1970: by it tabs are put in order. */
  readonly bornAt: number
  /** Oldest first. Events hold no secret, so they may stand in a storage. */
  readonly events: readonly AuthEvent[]
}

const key = 'example:timeline'
const mostEvents = 80

let own: TabRecord = read() ?? begin()
const listeners = new Set<(event: AuthEvent) => void>()

/** What happened in this tab so far. */
export const ownRecord = (): TabRecord => own

/** Takes up an event of this tab. */
export function noteEvent(event: AuthEvent): void {
  keep({ ...own, events: [...own.events, event].slice(-mostEvents) })
  for (const listener of listeners) listener(event)
}

/** Calls `listener` with every event of this tab from now on. */
export function onOwnEvent(listener: (event: AuthEvent) => void): void {
  listeners.add(listener)
}

/** Forgets what happened. */
export function forgetOwnEvents(): void {
  keep({ ...own, events: [] })
}

/** Begins anew under another name: this tab is a copy of another one, and its record is that one's. */
export function becomeAnotherTab(): void {
  const since = performance.timeOrigin
  keep({ ...begin(), events: own.events.filter(({ at }) => at >= since) })
}

function begin(): TabRecord {
  return { id: crypto.randomUUID(), bornAt: Date.now(), events: [] }
}

function keep(record: TabRecord): void {
  own = record
  try {
    sessionStorage.setItem(key, JSON.stringify(record))
  } catch {
    // It then lasts as long as the page.
  }
}

function read(): TabRecord | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(key) ?? 'null') as TabRecord | null) ?? undefined
  } catch {
    return undefined
  }
}

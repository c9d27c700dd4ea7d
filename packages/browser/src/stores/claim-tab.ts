import type { Clock, Milliseconds } from '@oauth-concierge/core'
import { awaitDeadline } from './await-deadline.ts'
import { newVersion } from './new-version.ts'

const mark = 'concierge:tab'
const claim: unique symbol = Symbol.for(mark)
const longestHandover: Milliseconds = 2000

/** What a page has of its tab, and of the tabs beside it. */
export interface Tab {
  /** The tab's own storage. A duplicate of the tab begins with a copy of it. */
  readonly storage: Storage
  /** Where the pages of all tabs meet. */
  readonly locks: LockManager
  /** The page itself, which says by `pagehide` that it is left. It is marked, so that whoever asks in it has the same claim. */
  readonly page: EventTarget & { [claim]?: Promise<string> | undefined }
}

/**
 * Gives the prefix of what is this tab's own in its storage: one that no other living tab has, until the page is left.
 * A duplicate gets a new one, and what was copied under the old one is removed.
 */
export function claimTab(tab: Tab, clock: Clock): Promise<string> {
  const { page } = tab
  page[claim] ??= claimPrefix(tab, clock).catch((error: unknown) => {
    page[claim] = undefined
    throw error
  })
  return page[claim]
}

async function claimPrefix(tab: Tab, clock: Clock): Promise<string> {
  const before = tab.storage.getItem(mark)
  if (before !== null && (await hold(before, tab, clock))) return before
  const prefix = `${mark}:${newVersion()}:`
  tab.storage.setItem(mark, prefix)
  await hold(prefix, tab, clock)
  if (before !== null) removeAll(tab.storage, before)
  return prefix
}

/**
 * Holds the lock of a prefix until the page is left; gives whether it is had. The page that the tab showed before may need a moment
 * to let go, so a lock that is taken is waited for, for two seconds.
 */
async function hold(prefix: string, { locks, page }: Tab, clock: Clock): Promise<boolean> {
  const patience = new AbortController()
  const served = new AbortController()
  awaitDeadline(clock, longestHandover, served.signal).then(
    () => patience.abort(),
    () => undefined,
  )
  return new Promise((resolve, reject) => {
    const untilLeft = (): Promise<void> => {
      served.abort()
      resolve(true)
      return new Promise((release) => {
        const leave = (): void => {
          page[claim] = undefined
          release()
        }
        page.addEventListener('pagehide', leave, { once: true })
      })
    }
    locks
      .request(prefix, { signal: patience.signal }, untilLeft)
      .catch((error: unknown) => (patience.signal.aborted ? resolve(false) : reject(error)))
  })
}

function removeAll(storage: Storage, prefix: string): void {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
  for (const key of keys) if (key.startsWith(prefix)) storage.removeItem(key)
}

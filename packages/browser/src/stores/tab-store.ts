import { completeRuntime, type KeyValueStore, type Runtime, StorageError } from '@oauth-concierge/core'
import { createWebStorageStore } from '../web-storage-store.ts'
import { claimTab, type Tab } from './claim-tab.ts'
import { toStorageError } from './to-storage-error.ts'

/** What a tab's store needs. */
export interface TabStoreOptions {
  /** Ports to replace, as in a test. */
  readonly runtime?: Partial<Runtime>
  /** The tab, if not the one that this page is in. */
  readonly tab?: () => Tab
}

/**
 * A store over the tab's `sessionStorage` that a duplicate of the tab does not share: browsers copy the storage, and two tabs with one rotating
 * refresh token would spend it twice. The tab that was there first keeps what it has, the duplicate begins with nothing.
 * Rejects with StorageError `storage_failed` where there are no Web Locks to tell a duplicate by.
 */
export function createTabStore({ runtime, tab = thisTab }: TabStoreOptions = {}): KeyValueStore {
  const { clock } = completeRuntime(runtime)
  const prefix = async (): Promise<string> => {
    try {
      return await claimTab(tab(), clock)
    } catch (error) {
      throw toStorageError('open', error)
    }
  }
  const store = createWebStorageStore(() => tab().storage)
  return {
    atomic: true,
    get: async (key) => store.get((await prefix()) + key),
    put: async (key, value, condition) => store.put((await prefix()) + key, value, condition),
    take: async (key) => store.take((await prefix()) + key),
    delete: async (key, condition) => store.delete((await prefix()) + key, condition),
  }
}

function thisTab(): Tab {
  const { locks } = navigator as Partial<Navigator>
  if (!locks) {
    throw new StorageError(
      'storage_failed',
      'This browser has no Web Locks, so a duplicated tab could not be told from the first.',
    )
  }
  return { storage: window.sessionStorage, locks, page: window }
}

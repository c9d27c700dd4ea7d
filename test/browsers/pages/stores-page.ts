import {
  createEncryptedStore,
  createIndexedDbKeyStore,
  createIndexedDbStore,
  encryptedTokens,
  sessionTokens,
  type TokenStore,
  unsafeLocalTokens,
} from '@oauth-concierge/browser'
import type { KeyValueStore } from '@oauth-concierge/core'
import { keyStoreCases, keyValueStoreCases, type PortCase } from '@oauth-concierge/core/testing'
import { createStore, get, keys, set } from 'idb-keyval'

const databaseOfCase = (): { database: string } => ({ database: crypto.randomUUID() })

const suites = {
  'IndexedDB store': () => {
    const options = databaseOfCase()
    return keyValueStoreCases(async () => createIndexedDbStore(options))
  },
  'encrypted store': () => {
    const options = databaseOfCase()
    return keyValueStoreCases(async () => createEncryptedStore(options))
  },
  'tab store': () =>
    keyValueStoreCases(async () => {
      sessionStorage.clear()
      return sessionTokens().vault({})
    }),
  'IndexedDB key store': () => {
    const options = databaseOfCase()
    return keyStoreCases(async () => createIndexedDbKeyStore(options))
  },
} satisfies Record<string, () => readonly PortCase[]>

export type SuiteName = keyof typeof suites

/** A token store as an application has it, and what it was told of it. */
interface OpenTokens {
  readonly vault: KeyValueStore
  readonly told: string[]
}

function openTokens(store: TokenStore): OpenTokens {
  const told: string[] = []
  return { told, vault: store.vault({ onDegraded: ({ code }) => void told.push(code) }) }
}

const use = createStore('concierge', 'entries')

/** What tests may ask of the page. */
const rig = {
  caseNames: (suite: SuiteName): string[] => suites[suite]().map(({ name }) => name),
  /** Runs one case of a suite, over a store of its own. */
  runCase: async ({ suite, name }: { suite: SuiteName; name: string }): Promise<void> => {
    await suites[suite]()
      .find((candidate) => candidate.name === name)
      ?.run()
  },
  session: openTokens(sessionTokens()),
  encrypted: openTokens(encryptedTokens()),
  local: openTokens(unsafeLocalTokens()),
  keys: createIndexedDbKeyStore(),
  /** The database past every store. */
  raw: {
    keys: async (): Promise<string[]> => keys(use),
    get: async (key: string): Promise<Entry> => (await get<Entry>(key, use)) as Entry,
    set: (key: string, entry: unknown): Promise<void> => set(key, entry, use),
  },
  /** Counts up in an entry that other tabs count up as well, each time alone under a lock. */
  count: async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      await navigator.locks.request('count', async () => {
        const stored = await rig.local.vault.get('count')
        await rig.local.vault.put('count', Number(stored?.value ?? 0) + 1)
      })
    }
  },
}

/** An entry of the encrypted store, as it stands in the database. */
interface Entry {
  readonly schema: number
  readonly version: number
  readonly value: {
    readonly key: CryptoKey
    readonly iv: Uint8Array<ArrayBuffer>
    readonly data: ArrayBuffer
  }
}

export type Rig = typeof rig

Object.assign(globalThis, { rig })

/** In a frame: keeps something in the store that the page around it names, and says how that went. */
addEventListener('message', ({ data }: MessageEvent<'session' | 'encrypted' | 'local'>) => {
  if (window === parent) return
  const { vault, told } = rig[data]
  const answer = async (): Promise<void> => {
    await vault.put('key', 'in memory')
    parent.postMessage({ value: (await vault.get('key'))?.value, told }, '*')
  }
  void answer()
})

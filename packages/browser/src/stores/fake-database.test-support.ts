import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { createStore, entries, set } from 'idb-keyval'
import { vi } from 'vitest'

/** The database as the browser's own tools show it, past every store. */
export interface RawDatabase {
  /** All keys and what stands under them. */
  entries(): Promise<[string, unknown][]>
  get(key: string): Promise<unknown>
  /** Puts something there as it is. */
  set(key: string, entry: unknown): Promise<void>
}

/** A browser without databases, from now on. */
export function stubIndexedDb(factory: Partial<IDBFactory> = new IDBFactory()): RawDatabase {
  vi.stubGlobal('indexedDB', factory)
  const use = createStore('concierge', 'entries')
  return {
    entries: () => entries(use),
    get: async (key) => new Map(await entries<string, unknown>(use)).get(key),
    set: (key, entry) => set(key, entry, use),
  }
}

/** An IndexedDB that gives no answer, as some browsers' in private windows and after an update. */
export function hangingIndexedDb(): Partial<IDBFactory> {
  return { open: () => ({}) as IDBOpenDBRequest }
}

/** An IndexedDB that refuses to open, as where storage is blocked. */
export function blockedIndexedDb(): Partial<IDBFactory> {
  return {
    open: () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    },
  }
}

/** From now on IndexedDB refuses to clone a key, as in Lockdown Mode. */
export function refuseKeys(): void {
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
    if (holdsKey(value)) throw new DOMException('The object can not be cloned.', 'DataCloneError')
    return put.call(this, value, key)
  })
}

/** From now on IndexedDB keeps an empty object in place of a key, as some old engines do. */
export function mangleKeys(): void {
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
    return put.call(this, structuredClone(withoutKeys(value)), key)
  })
}

/** From now on IndexedDB has no room. */
export function fillUp(): void {
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  })
}

const { put } = IDBObjectStore.prototype

function holdsKey(value: unknown): boolean {
  return value instanceof CryptoKey || (isObject(value) && Object.values(value).some(holdsKey))
}

function withoutKeys(value: unknown): unknown {
  if (value instanceof CryptoKey) return {}
  if (!isObject(value) || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutKeys(member)]))
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

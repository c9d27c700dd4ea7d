import { type Store, type StoreName, stores } from './stores.ts'

const key = 'example:store'

/** Where the tokens live, and where else they might. */
export interface StoreChoice {
  readonly name: StoreName
  readonly store: Store
  /** Has the next page keep its tokens there. Tokens do not move house: end the session first. @throws DOMException where storage is blocked */
  choose(name: StoreName): void
}

/** The choice that was made for this page. Until one is made, tokens live in its memory. */
export function readStoreChoice(): StoreChoice {
  const name = readName()
  return { name, store: stores[name], choose: (name) => localStorage.setItem(key, name) }
}

function readName(): StoreName {
  try {
    const name = localStorage.getItem(key) ?? ''
    return Object.hasOwn(stores, name) ? (name as StoreName) : 'memory'
  } catch {
    return 'memory'
  }
}

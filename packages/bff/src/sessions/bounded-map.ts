/** A map of limited size: what was not asked for the longest gives way. */
export interface BoundedMap<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
}

/**
 * Two halves: what is asked for moves to the young one, and when that is full, the old one goes. So a look costs no reordering.
 * @param most how many entries it holds; between half of that and all of it are kept
 */
export function createBoundedMap<Value>(most: number): BoundedMap<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  const set = (key: string, value: Value): void => {
    young.set(key, value)
    if (young.size < most / 2) return
    old = young
    young = new Map()
  }
  return {
    get: (key) => {
      const value = young.get(key)
      if (value !== undefined) return value
      const aged = old.get(key)
      if (aged !== undefined) {
        old.delete(key)
        set(key, aged)
      }
      return aged
    },
    set: (key, value) => {
      old.delete(key)
      set(key, value)
    },
    delete: (key) => {
      young.delete(key)
      old.delete(key)
    },
  }
}

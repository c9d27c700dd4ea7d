/** A Storage as the standard describes it, in memory. */
export function createStorageArea(): Storage {
  const entries = new Map<string, string>()
  return {
    get length() {
      return entries.size
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, String(value)),
    removeItem: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  }
}

/** Everything that an area holds. */
export function entriesOf(area: Storage): readonly (readonly [string, string])[] {
  const keys = Array.from({ length: area.length }, (_, index) => area.key(index) ?? '')
  return keys.map((key) => [key, area.getItem(key) ?? ''])
}

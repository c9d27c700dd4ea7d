/** One entry in a web storage. A storage that fails is as good as one that forgets. */
export interface OriginMemory {
  read(): string | null | undefined
  write(value: string): void
}

/**
 * Touches the storage when it is used, not before.
 * @param area that of the origin, unless it is to be the tab's
 */
export function createOriginMemory(
  key: string,
  area: 'localStorage' | 'sessionStorage' = 'localStorage',
): OriginMemory {
  const attempt = <Result>(work: (area: Storage) => Result): Result | undefined => {
    try {
      return work(window[area])
    } catch {
      return undefined
    }
  }
  return {
    read: () => attempt((area) => area.getItem(key)),
    write: (value) => attempt((area) => area.setItem(key, value)),
  }
}

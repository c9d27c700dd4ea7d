/** One entry in the `localStorage` of the origin. A storage that fails is as good as one that forgets. */
export interface OriginMemory {
  read(): string | null | undefined
  write(value: string): void
}

/** Touches the storage when it is used, not before. */
export function createOriginMemory(key: string): OriginMemory {
  const attempt = <Result>(work: (area: Storage) => Result): Result | undefined => {
    try {
      return work(window.localStorage)
    } catch {
      return undefined
    }
  }
  return {
    read: () => attempt((area) => area.getItem(key)),
    write: (value) => attempt((area) => area.setItem(key, value)),
  }
}

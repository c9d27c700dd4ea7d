/** What the server does beside answering requests. */
export interface BackgroundWork {
  add(work: Promise<unknown>): void
  /** Waits until all of it is done. */
  settled(): Promise<void>
}

/** Nothing under way yet. The work that is added must not fail. */
export function createBackgroundWork(): BackgroundWork {
  const underWay = new Set<Promise<unknown>>()
  return {
    add(work) {
      underWay.add(work)
      void work.finally(() => underWay.delete(work))
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

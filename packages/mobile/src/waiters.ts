/** Those who wait for something that may be told many times. */
export interface Waiters<Told> {
  tell(told: Told): void
  /** Gives the first thing told that is it. */
  wait(isIt: (told: Told) => boolean): Promise<Told>
}

export function createWaiters<Told>(): Waiters<Told> {
  const waiters = new Set<(told: Told) => void>()
  return {
    tell: (told) => {
      for (const waiter of waiters) waiter(told)
    },
    wait: (isIt) =>
      new Promise((resolve) => {
        const waiter = (told: Told): void => {
          if (!isIt(told)) return
          waiters.delete(waiter)
          resolve(told)
        }
        waiters.add(waiter)
      }),
  }
}

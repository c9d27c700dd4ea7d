/**
 * Runs one piece of work at a time per name. A lock shared with others waits with patience that has an end and then runs the work all the same,
 * and says so: the holder may be frozen for good.
 */
export interface Lock {
  /**
   * Waits its turn, runs `work`, gives its result. A `work` that throws frees the lock.
   * `isAlone` is false for work that did not get its turn.
   */
  run<Result>(name: string, work: (isAlone: boolean) => Promise<Result>): Promise<Result>
}

/** A lock among the callers that share this object. */
export function createInProcessLock(): Lock {
  const tails = new Map<string, Promise<unknown>>()
  return {
    run: (name, work) => {
      const enter = () => work(true)
      const turn = (tails.get(name) ?? Promise.resolve()).then(enter, enter)
      const tail = turn
        .catch(() => undefined)
        .then(() => {
          if (tails.get(name) === tail) tails.delete(name)
        })
      tails.set(name, tail)
      return turn
    },
  }
}

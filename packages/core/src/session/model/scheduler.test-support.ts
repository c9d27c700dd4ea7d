/** Chance that comes out the same for the same seed (mulberry32). */
export function createChance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Step {
  readonly actor: Actor
  readonly label: string
  readonly go: () => void
}

/** A tab or process: once dead, nothing it waits for ever comes. */
export interface Actor {
  readonly name: string
  isDead: boolean
}

/** Lets one waiting step go at a time, in an order that chance decides. */
export interface Scheduler {
  /** Waits to be scheduled, then does `effect` in one step. */
  step<Result>(actor: Actor, label: string, effect: () => Result): Promise<Result>
  /** Steps that could go now. */
  readonly waiting: number
  /** Lets one step go and everything that follows from it run until it waits again. */
  advance(): Promise<void>
  /** What went, in order: the interleaving. */
  readonly trace: readonly string[]
}

const microtasksOfAStep = 40

export function createScheduler(chance: () => number): Scheduler {
  let steps: Step[] = []
  const trace: string[] = []
  return {
    trace,
    get waiting() {
      return steps.length
    },
    step: (actor, label, effect) =>
      new Promise((resolve, reject) => {
        const go = (): void => {
          try {
            resolve(effect())
          } catch (error) {
            reject(error)
          }
        }
        if (!actor.isDead) steps.push({ actor, label, go })
      }),
    advance: async () => {
      steps = steps.filter(({ actor }) => !actor.isDead)
      const [next] = steps.splice(Math.floor(chance() * steps.length), 1)
      if (!next) return
      trace.push(`${next.actor.name}: ${next.label}`)
      next.go()
      for (let turn = 0; turn < microtasksOfAStep; turn += 1) await undefined
    },
  }
}

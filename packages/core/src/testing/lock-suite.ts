import type { Lock } from '../ports/lock.ts'
import { check, type PortCase } from './port-case.ts'

/** What a lock with an end to its patience needs to be judged by that too. */
export interface LockCaseOptions {
  /** Lets so much time pass, on the lock's own clock, that whoever waits gives up waiting. Without it that behaviour is left out. */
  readonly runOutOfPatience?: () => Promise<void>
}

/**
 * The behaviours of every Lock.
 * @param open gives a handle of a lock; all handles of one case must share it, and nothing of an earlier case may hold it
 */
export function lockCases(
  open: () => Promise<Lock>,
  { runOutOfPatience }: LockCaseOptions = {},
): readonly PortCase[] {
  const all: Record<string, () => Promise<void>> = {
    'gives the result of the work, which is alone': async () => {
      const lock = await open()
      const result = await lock.run('name', async (isAlone) => (isAlone ? 'alone' : 'not alone'))
      check(result === 'alone', `the work ended in ${result}`)
    },
    'runs one piece of work at a time per name, and all of them in the end': async () => {
      const locks = await Promise.all([open(), open(), open()])
      const work = createWatchedWork()
      await Promise.all(locks.flatMap((lock) => [1, 2, 3].map(() => lock.run('name', work.run))))
      check(work.most() === 1, `${work.most()} pieces of work ran at once`)
      check(work.done() === 9, `${work.done()} of 9 pieces of work were done`)
    },
    'passes on the error of the work, and is free again': async () => {
      const lock = await open()
      const fault = new Error('the work failed')
      const error = await lock.run('name', () => Promise.reject(fault)).catch((reason: unknown) => reason)
      check(error === fault, 'another error came out, or none')
      check(await lock.run('name', async (isAlone) => isAlone), 'the failed work still holds the lock')
    },
    'lets work under another name pass': async () => {
      const [lock, other] = await Promise.all([open(), open()])
      const held = createHeldWork()
      const first = lock.run('one', held.run)
      await held.hasBegun
      check(await other.run('two', async () => true), 'another name was not let through')
      held.finish()
      await first
    },
    'lets work take another name while it holds one': async () => {
      const lock = await open()
      check(await lock.run('outer', () => lock.run('inner', async () => true)), 'the inner work did not run')
    },
    'keeps the next waiting until the work before is done, whoever asks': async () => {
      const [lock, other] = await Promise.all([open(), open()])
      const held = createHeldWork()
      const first = lock.run('name', held.run)
      await held.hasBegun
      let hasRun = false
      const second = other.run('name', async () => void (hasRun = true))
      await turns(5)
      check(!hasRun, 'the next did not wait')
      held.finish()
      await Promise.all([first, second])
      check(hasRun, 'the next did not run')
    },
    ...(runOutOfPatience && {
      'does not wait for ever for a holder that is frozen, and says so': async () => {
        const [lock, other] = await Promise.all([open(), open()])
        const frozen = createHeldWork()
        const first = lock.run('name', frozen.run)
        await frozen.hasBegun
        const second = other.run('name', async (isAlone) => isAlone)
        await runOutOfPatience()
        check(!(await second), 'the work was told that it is alone')
        frozen.finish()
        await first
      },
    }),
  }
  return Object.entries(all).map(([name, run]) => ({ name, run }))
}

/** Work that notes how much of it runs at once. */
function createWatchedWork() {
  let running = 0
  let most = 0
  let done = 0
  return {
    most: () => most,
    done: () => done,
    run: async () => {
      running += 1
      most = Math.max(most, running)
      await turns(2)
      running -= 1
      done += 1
    },
  }
}

/** Work that goes on until it is told to finish. */
function createHeldWork() {
  let finish = (): void => undefined
  let begin = (): void => undefined
  const hasBegun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const end = new Promise<void>((resolve) => {
    finish = resolve
  })
  return {
    hasBegun,
    finish: () => finish(),
    run: () => {
      begin()
      return end
    },
  }
}

/** Lets others go on, also those who wait for a turn of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setTimeout(resolve))
}

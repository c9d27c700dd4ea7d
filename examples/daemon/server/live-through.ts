import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import { createNodeHttp } from '@oauth-concierge/service-account/node'
import { type Call, runWorker } from '../src/run-worker.ts'
import { startWorld, type StartedWorld } from './start-world.ts'

/** What a worker went through. */
export interface Life {
  readonly calls: number
  /** Calls that failed, and the second they failed in. */
  readonly failed: readonly (Call & { readonly second: number })[]
  /** Keys of the worker that a token was got with. */
  readonly usedKeys: readonly string[]
  /** Requests to the authorization server that nobody answered. */
  readonly unanswered: number
  /** Requests for a token that were refused: by the clock, or by the key. */
  readonly refused: number
  /** Tokens that the API refused. */
  readonly withdrawn: number
}

/** Something that happens to the worker's world. */
export interface Happening {
  /** Second of each hour. */
  readonly second: number
  readonly what: string
  run(world: StartedWorld, clock: ManualClock): unknown
}

const startOfTime = 1_800_000_000
const accessTokenLifetime = 900

const realTime = (clock: ManualClock): number => startOfTime + clock.monotonicTime() / 1000
const setOff =
  (seconds: number) =>
  (_: StartedWorld, clock: ManualClock): void =>
    clock.setWallTime(realTime(clock) + seconds)

/** One hour. What needs a new token at once (a clock that jumps ahead, tokens withdrawn) finds the server up. */
const happenings: readonly Happening[] = [
  { second: 300, what: 'the key in the file is another', run: (world) => world.rotateKey() },
  { second: 600, what: 'the authorization server goes down', run: (world) => world.goDown() },
  { second: 750, what: 'and comes up', run: (world) => world.comeUp() },
  { second: 1_200, what: 'the clock jumps two hours ahead', run: setOff(7_200) },
  { second: 1_500, what: 'and is set right', run: setOff(0) },
  { second: 1_800, what: 'every token is withdrawn', run: (world) => world.withdrawSigningKey() },
  { second: 2_100, what: 'the clock jumps twelve hours back', run: setOff(-43_200) },
  { second: 2_700, what: 'and is set right', run: setOff(0) },
  { second: 2_900, what: 'the authorization server goes down', run: (world) => world.goDown() },
  { second: 3_050, what: 'and comes up, with nothing remembered', run: restarted },
]

async function restarted(world: StartedWorld): Promise<void> {
  world.restart()
  await world.comeUp()
}

/**
 * Lets a worker live for hours, a call a second, over real connections, in as little time as the calls take.
 * @param onHappening hears of each thing that happens, with the second of its life
 */
export async function liveThrough(
  hours: number,
  onHappening: (second: number, what: string) => void = () => undefined,
): Promise<Life> {
  const folder = await mkdtemp(join(tmpdir(), 'concierge-daemon-'))
  const keyFile = join(folder, 'sa.json')
  const clock = createManualClock(startOfTime)
  const world = await startWorld({ keyFile, accessTokenLifetime, now: () => realTime(clock) })
  const { http, seen, isIdle } = watchedHttp()
  const life = { calls: 0, failed: [] as Life['failed'][number][] }
  const second = (): number => clock.monotonicTime() / 1000
  const nextTurn = async (): Promise<boolean> => {
    while (!isIdle()) await setImmediate()
    await clock.advance(1)
    const due = happenings.filter((happening) => happening.second === second() % 3_600)
    for (const { what, run } of due) {
      onHappening(second(), what)
      await run(world, clock)
    }
    return second() < hours * 3_600
  }
  try {
    await runWorker({
      keyFile,
      api: world.apiOrigin,
      runtime: { clock, http },
      nextTurn,
      onCall: (call) => {
        life.calls += 1
        if (!call.ok) life.failed.push({ ...call, second: second() })
      },
    })
    return { ...life, ...seen, usedKeys: world.usedKeys() }
  } finally {
    await world.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface WatchedHttp {
  readonly http: ReturnType<typeof createNodeHttp>
  readonly seen: { unanswered: number; refused: number; withdrawn: number }
  /** Whether no request is under way: as long as one is, time stands still. */
  readonly isIdle: () => boolean
}

function watchedHttp(): WatchedHttp {
  const send = createNodeHttp()
  const seen = { unanswered: 0, refused: 0, withdrawn: 0 }
  let underWay = 0
  return {
    seen,
    isIdle: () => underWay === 0,
    http: async (url, init) => {
      underWay += 1
      try {
        const response = await send(url, init)
        const isForToken = init.method === 'POST'
        if (isForToken && !response.ok) seen.refused += 1
        if (!isForToken && response.status === 401) seen.withdrawn += 1
        return response
      } catch (error) {
        seen.unanswered += 1
        throw error
      } finally {
        underWay -= 1
      }
    },
  }
}

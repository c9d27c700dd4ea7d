import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { completeRuntime } from '@oauth-concierge/core'
import { nodeHttp } from '@oauth-concierge/service-account/node'
import { type Call, runWorker } from '../src/run-worker.ts'
import { startWorld } from './start-world.ts'

/** How things stand. */
export interface Situation {
  /** Keys that tokens were got with, the latest one last. */
  readonly keys: readonly string[]
  readonly isUp: boolean
  readonly hoursOff: number
}

/** A daemon in real time, and what can be done to it. Each deed gives what there is to say about it. */
export interface Demo {
  readonly keyFile: string
  readonly accessTokenLifetime: number
  situation(): Situation
  readonly deeds: Readonly<
    Record<'rotateKey' | 'switchServer' | 'withdrawTokens' | 'shiftClock', () => Promise<string>>
  >
  /** Runs the worker until the signal. */
  run(onCall: (call: Call) => void, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

const accessTokenLifetime = 60

/** Starts what the daemon needs. */
export async function startDemo(): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'concierge-demo-'))
  const keyFile = join(folder, 'sa.json')
  const world = await startWorld({ keyFile, accessTokenLifetime, now: () => Date.now() / 1000 })
  const { clock } = completeRuntime()
  let isUp = true
  let hoursOff = 0
  const machineClock = { ...clock, wallTime: () => clock.wallTime() + hoursOff * 3_600_000 }
  return {
    keyFile,
    accessTokenLifetime,
    situation: () => ({ keys: world.usedKeys(), isUp, hoursOff }),
    deeds: {
      rotateKey: async () => {
        await world.rotateKey()
        return 'The key in the file is another, and the old one is refused from now on.'
      },
      switchServer: async () => {
        isUp = !isUp
        await (isUp ? world.comeUp() : world.goDown())
        return `The authorization server is ${isUp ? 'up again' : 'down'}.`
      },
      withdrawTokens: async () => {
        await world.withdrawSigningKey()
        return 'The API refuses every token issued so far.'
      },
      shiftClock: async () => {
        hoursOff = hoursOff === 0 ? 2 : 0
        return `The machine's clock is ${hoursOff === 0 ? 'right' : 'two hours ahead'}.`
      },
    },
    run: (onCall, signal) =>
      runWorker({
        keyFile,
        api: world.apiOrigin,
        runtime: { clock: machineClock, http: nodeHttp },
        nextTurn: () => setTimeout(1_000, true, { signal }).catch(() => false),
        onCall,
      }),
    close: async () => {
      await world.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

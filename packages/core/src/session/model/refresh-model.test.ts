import { describe, expect, it } from 'vitest'
import { createChance } from './scheduler.test-support.ts'
import { playWorld, type WorldOptions } from './world.test-support.ts'

/** How many interleavings to play in all; `pnpm test:model` plays a million. */
const interleavings = Number(process.env['CONCIERGE_MODEL_RUNS'] ?? 4_000)

const quiet = {
  lostAnswers: 0,
  lostRequests: 0,
  crashes: 0,
  impatient: false,
  logouts: 0,
  userSwitches: 0,
  clockJumps: 0,
}

const worlds: Readonly<Record<string, Omit<WorldOptions, 'seed' | 'actors'>>> = {
  'without faults, strict': { ...quiet, rotation: 'strict' },
  'without faults, grace': { ...quiet, rotation: 'grace' },
  'where one answer is lost, strict': { ...quiet, rotation: 'strict', lostAnswers: 1 },
  'where one answer is lost, grace': { ...quiet, rotation: 'grace', lostAnswers: 1 },
  'where one request is lost, strict': { ...quiet, rotation: 'strict', lostRequests: 1 },
  'where one tab crashes, strict': { ...quiet, rotation: 'strict', crashes: 1 },
  'where one tab crashes, grace': { ...quiet, rotation: 'grace', crashes: 1 },
  'where users log out, strict': { ...quiet, rotation: 'strict', logouts: 1 },
  'where users take turns, strict': { ...quiet, rotation: 'strict', userSwitches: 2, logouts: 1 },
  'where clocks jump, strict': { ...quiet, rotation: 'strict', clockJumps: 3 },
  'where locks run out of patience, strict': { ...quiet, rotation: 'strict', impatient: true },
  'where locks run out of patience, grace': { ...quiet, rotation: 'grace', impatient: true },
  'where an answer is lost as users take turns, strict': {
    ...quiet,
    rotation: 'strict',
    lostAnswers: 1,
    userSwitches: 2,
  },
  'where everything happens, grace': {
    rotation: 'grace',
    lostAnswers: 2,
    lostRequests: 2,
    crashes: 1,
    impatient: true,
    logouts: 1,
    userSwitches: 2,
    clockJumps: 2,
  },
}

describe('the refresh story', () => {
  const runs = Math.ceil(interleavings / Object.keys(worlds).length)

  it.each(Object.entries(worlds))(
    `holds in ${runs} worlds %s`,
    { timeout: 3_600_000 },
    async (name, options) => {
      const base = [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7) >>> 0
      for (let run = 0; run < runs; run += 1) {
        const seed = (base + run) >>> 0
        const actors = 2 + Math.floor(createChance(seed)() * 3)
        const { violations, trace, expiries, faults } = await playWorld({ ...options, seed, actors })
        if (violations.length > 0)
          expect.fail(`seed ${seed}, ${actors} tabs: ${violations.join('; ')}\n${trace.join('\n')}`)
        if (options.rotation === 'strict' && !options.impatient)
          expect(expiries).toBeLessThanOrEqual(faults * actors * 2)
      }
    },
  )
})

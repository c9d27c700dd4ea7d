import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { findProgram, howToGet } from '../../../tools/ensure-programs.ts'
import { launchChromium } from '../../e2e/support/launch-chromium.ts'
import { type Contestant, contestants, ours } from '../contestants.ts'
import { createRig, type Rig } from '../rig/open-logged-in-page.ts'
import { median, medianRatio } from '../rounds.ts'
import { ratio, type Table } from '../table.ts'

const rounds = 7
const patienceMilliseconds = 15_000
const title = 'From the document to the first login, Chromium'

/** Milliseconds: scripts loaded and evaluated, `start()`, `login()` until the authorization request is at the server. */
type Startup = { scripts: number; start: number; login: number; together: number }
const parts = ['scripts', 'start', 'login', 'together'] as const

/** Who answers over https does so through the driver of the browser, which is no measure of time. */
const measured = contestants.filter(({ httpsOnly }) => !httpsOnly)

/** What a first visitor waits for before the login page is asked for. */
export async function startupInChromium(): Promise<Table[]> {
  const executablePath = findProgram('chromium')
  if (!executablePath) return [{ title, columns: ['contestant'], rows: [], notes: [howToGet('chromium')] }]
  await using rig = await createRig()
  for (const contestant of measured) await rig.build(contestant)
  const samples = new Map<string, Startup[]>()
  const failures = new Map<string, string>()
  for (let round = 0; round <= rounds; round += 1) {
    for (const contestant of orderOf(round).filter(({ name }) => !failures.has(name))) {
      try {
        const sample = await inFreshBrowser(executablePath, (browser) => startOnce(browser, rig, contestant))
        // The first round only warms up.
        if (round > 0) samples.set(contestant.name, [...(samples.get(contestant.name) ?? []), sample])
      } catch (error) {
        failures.set(contestant.name, (error as Error).message.split('\n', 1)[0] ?? 'unknown')
      }
    }
  }
  return [tableOf(samples, failures)]
}

function orderOf(round: number): readonly Contestant[] {
  return round % 2 === 0 ? measured : measured.toReversed()
}

/** A browser for each sample: no cache, no storage and no worker of another is there. */
async function inFreshBrowser<T>(executablePath: string, work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await launchChromium(executablePath)
  try {
    return await Promise.race([work(browser), giveUp()])
  } finally {
    await Promise.race([browser.close(), sleep(patienceMilliseconds)])
  }
}

async function giveUp(): Promise<never> {
  await sleep(patienceMilliseconds, undefined, { ref: false })
  throw new Error(`no authorization request within ${patienceMilliseconds / 1_000} s`)
}

async function startOnce(browser: Browser, rig: Rig, contestant: Contestant): Promise<Startup> {
  const page = await rig.openPage(await browser.newContext(), contestant)
  const marks = await page.evaluate(() => globalThis.marks)
  const arrival = rig.nextAuthorizationRequest()
  const calledAt = await page.evaluate(() => {
    setTimeout(() => void globalThis.page.login())
    return performance.timeOrigin + performance.now()
  })
  const scripts = marks.imported - marks.document
  const start = marks.started - marks.imported
  const login = (await arrival) - calledAt
  return { scripts, start, login, together: scripts + start + login }
}

function tableOf(
  samples: ReadonlyMap<string, readonly Startup[]>,
  failures: ReadonlyMap<string, string>,
): Table {
  const of = (name: string, part: keyof Startup) => (samples.get(name) ?? []).map((sample) => sample[part])
  const cell = (name: string, part: keyof Startup) =>
    `${median(of(name, part)).toFixed(0)} (${Math.min(...of(name, part)).toFixed(0)})`
  const names = [...samples.keys()].sort((a, b) => median(of(a, 'together')) - median(of(b, 'together')))
  return {
    title: `${title}: ms, median of ${rounds} rounds (best)`,
    columns: ['contestant', 'scripts', 'start()', 'login() to navigation', 'together', '× ours'],
    rows: names.map((name) => [
      name,
      ...parts.map((part) => cell(name, part)),
      ratio(medianRatio(of(name, 'together'), of(ours.name, 'together'))),
    ]),
    notes: [
      'Nothing is in the HTTP cache, the metadata of the server neither: who fetches it in `start()` has the shorter `login()`. Not measured: who refuses plain http.',
      ...[...failures].map(([name, reason]) => `Not measured: ${name} (${reason}).`),
    ],
  }
}

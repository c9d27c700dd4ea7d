import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { findProgram, howToGet } from '../../../tools/ensure-programs.ts'
import { launchChromium } from '../../e2e/support/launch-chromium.ts'
import { type Contestant, contestants, ours } from '../contestants.ts'
import { leaveContext } from '../rig/leave-context.ts'
import { createRig, type Rig } from '../rig/open-logged-in-page.ts'
import { median, medianRatio } from '../rounds.ts'
import { ratio, type Table } from '../table.ts'

const rounds = 7
const title = 'From the document to the first login, ms'

/** Milliseconds: scripts loaded and evaluated, `start()`, `login()` until the authorization request is at the server, all of it. */
type Startup = { imports: number; start: number; login: number; total: number }

/** What a first visitor waits for before the login page is asked for; each round in a profile of its own. */
export async function startupInChromium(): Promise<Table[]> {
  const executablePath = findProgram('chromium')
  if (!executablePath) return [{ title, columns: ['contestant'], rows: [], notes: [howToGet('chromium')] }]
  const browser = await launchChromium(executablePath)
  await using rig = await createRig()
  try {
    const { samples, failures } = await sampleAll(browser, rig)
    return [tableOf(browser.version(), samples, failures)]
  } finally {
    await browser.close()
  }
}

async function sampleAll(browser: Browser, rig: Rig) {
  const samples = new Map<string, Startup[]>()
  const failures = new Map<string, string>()
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? contestants : contestants.toReversed()
    for (const contestant of order.filter(({ name }) => !failures.has(name))) {
      try {
        const sample = await startOnce(browser, rig, contestant)
        // The first round only warms up.
        if (round > 0) samples.set(contestant.name, [...(samples.get(contestant.name) ?? []), sample])
      } catch (error) {
        failures.set(contestant.name, (error as Error).message.split('\n', 1)[0] ?? 'unknown')
      }
    }
  }
  return { samples, failures }
}

async function startOnce(browser: Browser, rig: Rig, contestant: Contestant): Promise<Startup> {
  const context = await browser.newContext()
  context.setDefaultTimeout(20_000)
  try {
    const page = await rig.openPage(context, contestant)
    const marks = await page.evaluate(() => globalThis.marks)
    const arrival = rig.nextAuthorizationRequest()
    const calledAt = await page.evaluate(() => {
      const at = performance.timeOrigin + performance.now()
      setTimeout(() => void globalThis.page.login())
      return at
    })
    const arrivedAt = await Promise.race([arrival, patience()])
    if (arrivedAt === undefined) throw new Error('its login() leads nowhere')
    const login = arrivedAt - calledAt
    const imports = marks.imported - marks.document
    const start = marks.started - marks.imported
    return { imports, start, login, total: imports + start + login }
  } finally {
    await leaveContext(context)
  }
}

function patience(): Promise<undefined> {
  return sleep(20_000, undefined, { ref: false })
}

function tableOf(
  version: string,
  samples: ReadonlyMap<string, readonly Startup[]>,
  failures: ReadonlyMap<string, string>,
): Table {
  const of = (name: string, part: keyof Startup): number[] =>
    (samples.get(name) ?? []).map((sample) => sample[part])
  const cell = (name: string, part: keyof Startup): string =>
    `${median(of(name, part)).toFixed(0)} (${Math.min(...of(name, part)).toFixed(0)})`
  const names = [...samples.keys()].sort((a, b) => median(of(a, 'total')) - median(of(b, 'total')))
  return {
    title: `${title}: median of ${rounds} rounds (best), Chromium ${version}`,
    columns: ['contestant', 'scripts', 'start()', 'login() to navigation', 'together', '× ours'],
    rows: names.map((name) => [
      name,
      cell(name, 'imports'),
      cell(name, 'start'),
      cell(name, 'login'),
      cell(name, 'total'),
      ratio(medianRatio(of(name, 'total'), of(ours.name, 'total'))),
    ]),
    notes: [
      'Scripts are fetched from loopback and evaluated; nothing is in the HTTP cache, the metadata of the server neither. Who fetches it in `start()` has the shorter `login()`. MSAL talks to its server through the driver of the browser, which costs it some milliseconds.',
      ...[...failures].map(([name, reason]) => `Not measured: ${name} (${reason}).`),
    ],
  }
}

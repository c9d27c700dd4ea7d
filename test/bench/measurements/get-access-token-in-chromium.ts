import type { BrowserContext, Page } from 'playwright-core'
import { findProgram, howToGet } from '../../../tools/ensure-programs.ts'
import { launchChromium } from '../../e2e/support/launch-chromium.ts'
import { bytesPerCall, type Inspector } from '../allocation.ts'
import { callFor, type Calls, callsPerSecond } from '../call-for.ts'
import { contestants, floor, ours } from '../contestants.ts'
import { createRig, type Rig } from '../rig/open-logged-in-page.ts'
import { sampleInRounds } from '../rounds.ts'
import type { Table } from '../table.ts'
import { tokenTable } from './token-table.ts'

const rounds = 7
const sampleMilliseconds = 100

const tokensInTheCache =
  'Who reads the tokens from storage at each call pays for their size: here 0.6 kB each, access, refresh and ID token.'

const notMeasured: Table = {
  title: 'Cached getAccessToken(), Chromium',
  columns: ['contestant'],
  rows: [],
  notes: [`Not measured: no Chromium was found. ${howToGet('chromium')}`],
}

/** Calls a second and bytes a call of a fresh token in a page; each contestant has logged in by its own code. */
export async function getAccessTokenInChromium(): Promise<Table[]> {
  const executablePath = findProgram('chromium')
  if (!executablePath) return [notMeasured]
  const browser = await launchChromium(executablePath)
  await using rig = await createRig()
  try {
    const context = await browser.newContext()
    const { pages, failures } = await openAll(rig, context)
    const contestants = [...pages].map(([name, page]) => ({
      name,
      sample: async () => callsPerSecond(await callInPage(page)),
    }))
    const results = {
      title: `Cached getAccessToken(), Chromium ${browser.version()}`,
      ours: ours.name,
      floor: floor.name,
      callsPerSecond: await sampleInRounds(contestants, rounds),
      bytesPerCall: await measureBytes(pages),
      failures,
      notes: [tokensInTheCache],
    }
    return [tokenTable(results)]
  } finally {
    await browser.close()
  }
}

/** A contestant that cannot be logged in is named with its reason; the others go on. */
async function openAll(rig: Rig, context: BrowserContext) {
  const pages = new Map<string, Page>()
  const failures = new Map<string, string>()
  for (const contestant of contestants) {
    try {
      pages.set(contestant.name, await rig.open(context, contestant))
    } catch (error) {
      failures.set(contestant.name, reasonOf(error))
    }
  }
  return { pages, failures }
}

function reasonOf(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0] ?? 'unknown'
}

function callInPage(page: Page): Promise<Calls> {
  return page.evaluate(`(${callFor})(globalThis.page.getAccessToken, ${sampleMilliseconds})`)
}

async function measureBytes(pages: ReadonlyMap<string, Page>): Promise<Map<string, number>> {
  const bytes = new Map<string, number>()
  for (const [name, page] of pages) {
    const session = await page.context().newCDPSession(page)
    const inspector: Inspector = {
      startSampling: (options) => session.send('HeapProfiler.startSampling', options),
      stopSampling: () => session.send('HeapProfiler.stopSampling'),
    }
    bytes.set(name, await bytesPerCall(inspector, () => callInPage(page)))
  }
  return bytes
}

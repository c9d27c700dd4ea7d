import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findProgram, mustHavePrograms } from '../../tools/ensure-programs.ts'
import { launchChromium } from '../e2e/support/launch-chromium.ts'
import type { Rig } from './pages/stores-page.ts'
import { type ServedPage, servePage } from './rig/serve-page.ts'

/** What the page shows to the functions that run in it. */
declare const rig: Rig

const place = 'concierge:tokens:spa@https://id.example.com'
const executablePath = findProgram('chromium') ?? ''

/** What only Chromium lets a test do. */
describe.skipIf(!executablePath && !mustHavePrograms())('the stores in chromium', () => {
  let served: ServedPage

  beforeAll(async () => {
    served = await servePage(new URL('pages/stores-page.ts', import.meta.url))
  })

  afterAll(() => served.close())

  async function inPage(browser: Browser, work: (page: Page) => Promise<void>): Promise<void> {
    try {
      const page = await browser.newPage()
      await page.goto(`${served.origin('app')}/`)
      await work(page)
    } finally {
      await browser.close()
    }
  }

  it('S02, R07: where IndexedDB becomes full, the session goes on in memory and no spent token stays behind', async () => {
    await inPage(await launchChromium(executablePath), async (page) => {
      await setQuota(page, 2 ** 20)
      const version = await page.evaluate((place) => rig.encrypted.vault.put(place, 'a refresh token'), place)
      await fillUp(page)
      const found = await page.evaluate(
        async ({ place, version }) => {
          const { vault, told } = rig.encrypted
          const written = await vault.put(place, 'the next refresh token', { ifVersion: version })
          const stored = await vault.get(place)
          return {
            isWritten: written === stored?.version,
            value: stored?.value,
            told,
            keys: await rig.raw.keys(),
          }
        },
        { place, version: version ?? -1 },
      )
      expect(found).toEqual({
        isWritten: true,
        value: 'the next refresh token',
        told: ['storage_full'],
        keys: [],
      })
    })
  })

  it.each(['session', 'encrypted'] as const)(
    'L03: a page with tokens in the store %s comes back from the back/forward cache, and sees what was written since',
    async (store) => {
      const browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu'],
        ignoreDefaultArgs: ['--disable-back-forward-cache'],
      })
      await inPage(browser, async (page) => {
        await page.evaluate(async (store) => {
          addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }))
          await rig[store].vault.put('key', 'before')
        }, store)
        await page.goto(`${served.origin('app')}/other`)
        await page.evaluate((store) => rig[store].vault.put('key', 'after'), store)
        await page.evaluate(() => history.back())
        await page.waitForFunction(() => 'persisted' in globalThis)
        const found = await page.evaluate(async (store) => {
          const { persisted } = globalThis as { persisted?: boolean }
          return { persisted, value: (await rig[store].vault.get('key'))?.value, told: rig[store].told }
        }, store)
        expect(found).toEqual({ persisted: true, value: 'after', told: [] })
      })
    },
  )
})

/** Gives the page's origin so many bytes. */
async function setQuota(page: Page, quotaSize: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize })
}

/** Has another application of the page's origin use up the quota. */
async function fillUp(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const other = indexedDB.open('other')
    const db = await new Promise<IDBDatabase>((resolve) => {
      other.addEventListener('upgradeneeded', () =>
        other.result.createObjectStore('files', { autoIncrement: true }),
      )
      other.addEventListener('success', () => resolve(other.result))
    })
    const add = (size: number): Promise<boolean> =>
      new Promise((resolve) => {
        const transaction = db.transaction('files', 'readwrite')
        transaction.addEventListener('complete', () => resolve(true))
        transaction.addEventListener('abort', () => resolve(false))
        const bytes = crypto.getRandomValues(new Uint8Array(size))
        transaction.objectStore('files').add(bytes)
      })
    for (const size of [2 ** 16, 2 ** 12, 2 ** 8]) while (await add(size));
  })
}

import { mkdirSync } from 'node:fs'
import type { BrowserContext, BrowserContextOptions } from 'playwright-core'
import { test as base } from 'vitest'
import { buildSpa } from '../../../examples/spa/build-spa.ts'
import { type DemoOptions, startDemo } from '../../../examples/spa/server/start-demo.ts'
import { findProgram, howToGet, mustHavePrograms, requireProgram } from '../../../tools/ensure-programs.ts'
import { launchChromium } from './launch-chromium.ts'
import { createVisitor, type Visitor } from './visitor.ts'

const chromium = findProgram('chromium')
const required = mustHavePrograms()

/** One line for the whole run, so one test file calls it. */
export function sayWhatIsSkipped(): void {
  if (chromium || required) return
  console.warn(`Skipped, because no Chromium was found: the tests in a real browser. ${howToGet('chromium')}`)
}

/** `describe`, or a skipped one where there is no browser and none is required. */
export const describeInBrowser = base.describe.skipIf(!chromium && !required)

/** Tests with servers of their own, and visitors whose browsers share nothing with other tests. */
export const test = base
  .extend('chromium', { scope: 'file' }, () => requireProgram('chromium'))
  .extend('browser', { scope: 'file' }, async ({ chromium }, { onCleanup }) => {
    const browser = await launchChromium(chromium)
    onCleanup(() => browser.close())
    return browser
  })
  .extend('start', { scope: 'file' }, () => {
    buildSpa()
    return startDemo
  })
  .extend('demoOptions', (): DemoOptions => ({}))
  .extend('demo', async ({ start, demoOptions }, { onCleanup }) => {
    const demo = await start(demoOptions)
    onCleanup(() => demo.close())
    return demo
  })
  .extend('contextOptions', (): BrowserContextOptions => ({ viewport: { width: 1280, height: 800 } }))
  .extend('context', async ({ browser, contextOptions, task }, { onCleanup }): Promise<BrowserContext> => {
    const context = await browser.newContext({ locale: 'en-GB', ...contextOptions })
    context.setDefaultTimeout(10_000)
    onCleanup(async () => {
      if (task.result?.state === 'fail') await keepScreenshots(context, task.name)
      await context.close()
    })
    return context
  })
  .extend('visitor', async ({ context, demo }): Promise<Visitor> => {
    return createVisitor(await context.newPage(), demo)
  })
  .extend('secondTab', async ({ context, demo }): Promise<Visitor> => {
    return createVisitor(await context.newPage(), demo)
  })

async function keepScreenshots(context: BrowserContext, name: string): Promise<void> {
  const directory = '.artifacts/e2e'
  mkdirSync(directory, { recursive: true })
  for (const [index, page] of context.pages().entries()) {
    const path = `${directory}/${name.replaceAll(/\W+/g, '-')}-${index + 1}.png`
    await page.screenshot({ path, fullPage: true }).catch(() => undefined)
    console.log(`screenshot: ${path}`)
  }
}

import { type Browser, type BrowserContext, firefox, type Page } from 'playwright-core'
import { launchChromium } from '../../e2e/support/launch-chromium.ts'
import type { RigBrowser, RigPage } from './rig-page.ts'

/** Starts a headless Chromium that keeps pages in its back-forward cache, as users have it. */
export async function openChromium(executablePath: string): Promise<RigBrowser> {
  return rigBrowser(await launchChromium(executablePath, ['--disable-back-forward-cache']))
}

/** Starts a headless Firefox as it is released, by WebDriver BiDi. */
export async function openFirefox(executablePath: string): Promise<RigBrowser> {
  return rigBrowser(await firefox.launch({ channel: 'moz-firefox', executablePath }))
}

async function rigBrowser(browser: Browser): Promise<RigBrowser> {
  const context = await browser.newContext({ locale: 'en-GB' })
  context.setDefaultTimeout(20_000)
  return {
    newPage: async () => rigPage(context, await context.newPage()),
    close: () => browser.close(),
  }
}

function rigPage(context: BrowserContext, page: Page): RigPage {
  return {
    goto: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    url: async () => page.url(),
    evaluate: (work: (argument: never) => unknown, argument?: unknown) =>
      page.evaluate(work as (argument: unknown) => never, argument),
    click: (selector) => page.click(selector),
    fill: (selector, text) => page.fill(selector, text),
    newPage: async () => rigPage(context, await context.newPage()),
    openedBy: async (work) => {
      const [opened] = await Promise.all([page.waitForEvent('popup'), work()])
      await opened.waitForLoadState()
      return rigPage(context, opened)
    },
    // Not by the driver, which waits for a load that does not come where the page is restored.
    back: () => page.evaluate(() => void setTimeout(() => history.back())),
    holdStill: async () => {
      const session = await context.newCDPSession(page)
      await session.send('Debugger.enable')
      await session.send('Debugger.pause')
      return async () => {
        await session.send('Debugger.disable')
        await session.detach()
      }
    },
    close: () => page.close(),
  }
}

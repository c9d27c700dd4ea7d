import { existsSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { test as base, expect, vi } from 'vitest'
import { buildApp } from '../../examples/mobile-webview/build-app.ts'
import { type AppDemo, appUser, startAppDemo } from '../../examples/mobile-webview/server/start-app-demo.ts'
import { createNativeSide, type NativeSide } from '../../packages/mobile/src/testing/native-side.test-support.ts'
import { findProgram, howToGet, mustHavePrograms } from '../../tools/ensure-programs.ts'
import { launchChromium } from './support/launch-chromium.ts'
import { type AppProcess, startAppProcess, startDisplay } from './support/web-view/app-process.ts'

/**
 * What is real here: an embedded web view (WebKitGTK) at capacitor://localhost, Capacitor's core and its plugins' JavaScript on their native path, our
 * packages as they are built, and a second, separate browser as the external user agent. What is ours: the native side behind the bridge.
 */
const gjs = findProgram('gjs')
const chromium = findProgram('chromium')
const hasAll = gjs !== undefined && chromium !== undefined && existsSync('/usr/bin/Xvfb')
if (!hasAll && !mustHavePrograms()) {
  const missing = [...(gjs ? [] : ['gjs' as const]), ...(chromium ? [] : ['chromium' as const])]
  console.warn(`Skipped: the tests in an embedded web view. ${missing.map(howToGet).join(' ') || howToGet('gjs')}`)
}

const describeInWebView = base.describe.skipIf(!hasAll && !mustHavePrograms())

/** The system browser beside the app. */
interface ExternalBrowser {
  /** Opens the address, signs in if it is asked to, and gives the link that it is sent to at the end, which leads out of the web. */
  follow(address: string): Promise<string>
}

const test = base
  .extend('demo', { scope: 'file' }, async ({}, { onCleanup }): Promise<AppDemo> => {
    buildApp()
    const demo = await startAppDemo()
    onCleanup(() => demo.close())
    return demo
  })
  .extend('display', { scope: 'file' }, async ({}, { onCleanup }): Promise<string> => {
    const { display, stop } = await startDisplay()
    onCleanup(stop)
    return display
  })
  .extend('chromium', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
    if (!chromium) throw new Error(`No Chromium was found. ${howToGet('chromium')}`)
    const browser = await launchChromium(chromium)
    onCleanup(() => browser.close())
    return browser
  })
  .extend('external', async ({ chromium }, { onCleanup }): Promise<ExternalBrowser> => {
    const context = await chromium.newContext()
    onCleanup(() => context.close())
    return createExternalBrowser(context)
  })
  .extend('native', (): NativeSide => createNativeSide())
  .extend('start', async ({ demo, display, native }, { onCleanup }) => {
    if (!gjs) throw new Error(`No gjs was found. ${howToGet('gjs')}`)
    const started: AppProcess[] = []
    onCleanup(async () => void (await Promise.all(started.map((app) => app.kill()))))
    return (launchUrl?: string): AppProcess => {
      const app = startAppProcess({ gjs, display, demo }, native, launchUrl)
      started.push(app)
      return app
    }
  })

function createExternalBrowser(context: BrowserContext): ExternalBrowser {
  return {
    follow: async (address) => {
      const page = await context.newPage()
      const out = new Promise<string>((resolve) => {
        page.on('requestfailed', (request) => {
          if (!request.url().startsWith('http')) resolve(request.url())
        })
      })
      await page.goto(address).catch(() => undefined)
      await signIn(page)
      return out
    },
  }
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill(appUser.username)
  await page.getByLabel('Password').fill(appUser.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
}

const shows = (app: AppProcess, status: string): Promise<void> =>
  vi.waitFor(async () => expect(await app.look('document.body.dataset.session')).toBe(status), {
    timeout: 30_000,
    interval: 100,
  })

const says = (app: AppProcess, text: string): Promise<void> =>
  vi.waitFor(async () => expect(await app.look(`document.querySelector('[data-part="message"]').textContent`)).toBe(text), {
    timeout: 30_000,
    interval: 100,
  })

const opened = (native: NativeSide): Promise<string> =>
  vi.waitFor(
    () => {
      const address = native.opened.at(-1)
      if (address === undefined) throw new Error('The browser was not opened.')
      return address
    },
    { timeout: 30_000, interval: 100 },
  )

const redemptions = (demo: AppDemo): number =>
  demo.authorizationServer.ledger.count({ endpoint: 'token', grantType: 'authorization_code' })

describeInWebView('an app in an embedded web view', () => {
  test('logs in by a browser beside it, and comes back by a link', async ({ demo, native, external, start }) => {
    const before = redemptions(demo)
    const app = start()
    await shows(app, 'anonymous')
    expect(await app.look('[isSecureContext, location.origin, Capacitor.isNativePlatform(), Capacitor.getPlatform()]')).toEqual([
      true,
      'capacitor://localhost',
      true,
      'ios',
    ])
    await app.press('log-in')
    native.openLink(await external.follow(await opened(native)))
    await shows(app, 'authenticated')
    expect(native.closed).toBe(1)
    expect(redemptions(demo) - before).toBe(1)
    await app.press('user-info')
    await says(app, `You are ${appUser.name}.`)
    expect(app.refused).toEqual([])
    const kept = await app.look(`JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])`)
    expect(kept).toBe('[{},{},""]')
    expect(JSON.stringify([...native.keychain])).toContain('refreshToken')
  })

  test('M03 is ended while the user is in the browser, and finishes the login when the link starts it', async ({
    demo,
    native,
    external,
    start,
  }) => {
    const before = redemptions(demo)
    const first = start()
    await shows(first, 'anonymous')
    await first.press('log-in')
    const address = await opened(native)
    await first.kill()
    const second = start(await external.follow(address))
    await shows(second, 'authenticated')
    await says(second, 'Back at /welcome.')
    expect(redemptions(demo) - before).toBe(1)
    await second.kill()
    const third = start()
    await shows(third, 'authenticated')
    expect(redemptions(demo) - before).toBe(1)
  })

  test('M02 M04 takes no notice of junk links, nor of one that comes again', async ({ demo, native, external, start }) => {
    const before = redemptions(demo)
    const app = start('com.example.concierge:/callback?code=evil&state=x')
    await shows(app, 'anonymous')
    await app.press('log-in')
    const address = await opened(native)
    for (const junk of ['/callback?code=evil&state=x', '/callback?error=access_denied', '/orders/7?code=evil', '//callback']) {
      native.openLink(`com.example.concierge:${junk}`)
    }
    const link = await external.follow(address)
    native.openLink(link)
    native.openLink(link)
    await shows(app, 'authenticated')
    native.openLink('com.example.concierge:/callback?code=evil&state=x')
    native.openLink(link)
    await app.press('user-info')
    await says(app, `You are ${appUser.name}.`)
    expect(redemptions(demo) - before).toBe(1)
    demo.authorizationServer.assert.noCodeReplayed()
  })

  test('is told that the user closed the browser, and takes an answer that comes all the same', async ({
    native,
    external,
    start,
  }) => {
    const app = start()
    await shows(app, 'anonymous')
    await app.press('log-in')
    const address = await opened(native)
    native.dismissBrowser()
    await says(app, 'You closed the browser. You can log in at any time.')
    native.openLink(await external.follow(address))
    await shows(app, 'authenticated')
    await says(app, 'Back at /welcome.')
  })

  test('M07 is logged out, and clean, after a reinstall', async ({ native, external, start }) => {
    const app = start()
    await shows(app, 'anonymous')
    await app.press('log-in')
    native.openLink(await external.follow(await opened(native)))
    await shows(app, 'authenticated')
    await app.kill()
    native.preferences.clear()
    await shows(start(), 'anonymous')
    expect(JSON.stringify([...native.keychain])).not.toContain('refreshToken')
  })

  test('logs out by the browser beside it', async ({ native, external, start }) => {
    const app = start()
    await shows(app, 'anonymous')
    await app.press('log-in')
    native.openLink(await external.follow(await opened(native)))
    await shows(app, 'authenticated')
    await app.press('log-out')
    await shows(app, 'anonymous')
    await vi.waitFor(() => expect(native.opened).toHaveLength(2), { timeout: 30_000 })
    expect(native.opened[1]).not.toContain('id_token')
    native.dismissBrowser()
    expect(JSON.stringify([...native.keychain])).not.toContain('refreshToken')
  })
})

import { existsSync } from 'node:fs'
import { describe, expect, vi } from 'vitest'
import { type AppDemo, appUser } from '../../examples/mobile-webview/server/start-app-demo.ts'
import {
  createNativeSide,
  type NativeSide,
} from '../../packages/mobile/src/testing/native-side.test-support.ts'
import { findProgram, howToGet, mustHavePrograms, requireProgram } from '../../tools/ensure-programs.ts'
import { appTest } from './support/app-test.ts'
import { createExternalBrowser, type ExternalBrowser, opened } from './support/external-browser.ts'
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
  console.warn(
    `Skipped: the tests in an embedded web view. ${missing.map(howToGet).join(' ') || howToGet('gjs')}`,
  )
}

const describeInWebView = describe.skipIf(!hasAll && !mustHavePrograms())

const test = appTest
  .extend('xvfb', { scope: 'file' }, () => startDisplay)
  .extend('display', { scope: 'file' }, async ({ xvfb }, { onCleanup }) => {
    const { display, stop } = await xvfb()
    onCleanup(stop)
    return display
  })
  .extend('external', async ({ chromium }, { onCleanup }): Promise<ExternalBrowser> => {
    const context = await chromium.newContext()
    onCleanup(() => context.close())
    return createExternalBrowser(context)
  })
  .extend('native', (): NativeSide => createNativeSide())
  .extend('gjs', () => requireProgram('gjs'))
  .extend('launch', async ({ gjs, demo, display, native }, { onCleanup }) => {
    const started: AppProcess[] = []
    onCleanup(async () => void (await Promise.all(started.map((app) => app.kill()))))
    return (launchUrl?: string): AppProcess => {
      const app = startAppProcess({ gjs, display, demo }, native, launchUrl)
      started.push(app)
      return app
    }
  })

const shows = (app: AppProcess, status: string): Promise<void> =>
  vi.waitFor(async () => expect(await app.look('document.body.dataset.session')).toBe(status), {
    timeout: 30_000,
    interval: 100,
  })

const says = (app: AppProcess, text: string): Promise<void> =>
  vi.waitFor(
    async () =>
      expect(await app.look(`document.querySelector('[data-part="message"]').textContent`)).toBe(text),
    {
      timeout: 30_000,
      interval: 100,
    },
  )

/** Starts a login; gives the address that the browser is to open. */
async function beginLogin(app: AppProcess, native: NativeSide): Promise<string> {
  await shows(app, 'anonymous')
  await app.press('log-in')
  return opened(native)
}

async function logIn(app: AppProcess, native: NativeSide, external: ExternalBrowser): Promise<void> {
  native.openLink(await external.follow(await beginLogin(app, native)))
  await shows(app, 'authenticated')
}

const redemptions = (demo: AppDemo): number =>
  demo.authorizationServer.ledger.count({ endpoint: 'token', grantType: 'authorization_code' })

describeInWebView('an app in an embedded web view', () => {
  test('logs in by a browser beside it, and comes back by a link', async ({
    demo,
    native,
    external,
    launch,
  }) => {
    const before = redemptions(demo)
    const app = launch()
    await shows(app, 'anonymous')
    expect(
      await app.look(
        '[isSecureContext, location.origin, Capacitor.isNativePlatform(), Capacitor.getPlatform()]',
      ),
    ).toEqual([true, 'capacitor://localhost', true, 'ios'])
    await logIn(app, native, external)
    await vi.waitFor(() => expect(native.closed).toBe(1))
    expect(redemptions(demo) - before).toBe(1)
    await app.press('user-info')
    await says(app, `You are ${appUser.name}.`)
    expect(app.refused).toEqual([])
    const kept = await app.look(
      `JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])`,
    )
    expect(kept).toBe('[{},{},""]')
    expect(JSON.stringify([...native.keychain])).toContain('refreshToken')
  })

  test('M03 is ended while the user is in the browser, and finishes the login when the link starts it', async ({
    demo,
    native,
    external,
    launch,
  }) => {
    const before = redemptions(demo)
    const first = launch()
    const address = await beginLogin(first, native)
    await first.kill()
    const second = launch(await external.follow(address))
    await shows(second, 'authenticated')
    await says(second, 'Back at /welcome.')
    expect(redemptions(demo) - before).toBe(1)
    await second.kill()
    const third = launch()
    await shows(third, 'authenticated')
    expect(redemptions(demo) - before).toBe(1)
  })

  test('M02 M04 takes no notice of junk links, nor of one that comes again', async ({
    demo,
    native,
    external,
    launch,
  }) => {
    const before = redemptions(demo)
    const app = launch('com.example.concierge:/callback?code=evil&state=x')
    const address = await beginLogin(app, native)
    for (const junk of [
      '/callback?code=evil&state=x',
      '/callback?error=access_denied',
      '/orders/7?code=evil',
      '//callback',
    ]) {
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
    launch,
  }) => {
    const app = launch()
    const address = await beginLogin(app, native)
    native.dismissBrowser()
    await says(app, 'You closed the browser. You can log in at any time.')
    native.openLink(await external.follow(address))
    await shows(app, 'authenticated')
    await says(app, 'Back at /welcome.')
  })

  test('M07 is logged out, and clean, after a reinstall', async ({ native, external, launch }) => {
    const app = launch()
    await logIn(app, native, external)
    await app.kill()
    native.preferences.clear()
    await shows(launch(), 'anonymous')
    expect(JSON.stringify([...native.keychain])).not.toContain('refreshToken')
  })

  test('logs out by the browser beside it', async ({ native, external, launch }) => {
    const app = launch()
    await logIn(app, native, external)
    await app.press('log-out')
    await shows(app, 'anonymous')
    await vi.waitFor(() => expect(native.opened).toHaveLength(2), { timeout: 30_000 })
    expect(native.opened[1]).not.toContain('id_token')
    native.dismissBrowser()
    expect(JSON.stringify([...native.keychain])).not.toContain('refreshToken')
  })
})

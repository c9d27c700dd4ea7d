import { type BrowserContext, devices, type Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { appUser } from '../../examples/mobile-webview/server/start-app-demo.ts'
import {
  createNativeSide,
  createPageBridge,
  type NativeCall,
  type NativeReply,
  type NativeSide,
  pluginHeaders,
} from '../../packages/mobile/src/testing/native-side.test-support.ts'
import { appTest } from './support/app-test.ts'
import { createExternalBrowser, opened, signIn } from './support/external-browser.ts'
import { describeInBrowser } from './support/test.ts'

const test = appTest.extend('phone', async ({ chromium }, { onCleanup }): Promise<BrowserContext> => {
  const phone = await chromium.newContext(devices['Pixel 7'])
  phone.setDefaultTimeout(20_000)
  onCleanup(() => phone.close())
  return phone
})

const shows = (page: Page, status: string): Promise<void> =>
  page.locator(`body[data-session="${status}"]`).waitFor()
const tap = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).tap()

describeInBrowser('the app’s page in the browser of a phone', () => {
  test('logs in by redirect, keeps no token in any storage, and logs out', async ({ demo, phone }) => {
    const page = await phone.newPage()
    await page.goto(demo.site)
    await shows(page, 'anonymous')
    await tap(page, 'Log in')
    await signIn(page)
    await shows(page, 'authenticated')
    expect(page.url()).toBe(`${demo.site}/`)
    expect(await page.locator('[data-part="message"]').innerText()).toBe('Back at /welcome.')
    await tap(page, 'Who am I?')
    await page.getByText(`You are ${appUser.name}.`).waitFor()
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    expect(kept).not.toMatch(/accessToken|refreshToken|idToken/)
    await tap(page, 'Log out')
    await page.waitForURL(`${demo.site}/**`)
    await shows(page, 'anonymous')
  })

  test('refuses to ask for a password in a web view', async ({ chromium, demo }) => {
    const { userAgent } = devices['Pixel 7']
    const webView = await chromium.newContext({
      userAgent: userAgent.replace('(Linux; Android 14; Pixel 7)', '(Linux; Android 14; Pixel 7; wv)'),
    })
    const page = await webView.newPage()
    await page.goto(demo.site)
    await shows(page, 'anonymous')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('invalid_configuration').waitFor()
    expect(page.url()).toBe(`${demo.site}/`)
    await webView.close()
  })
})

/** What is around a page in a shell. */
interface ShellOf {
  readonly context: BrowserContext
  readonly site: string
  readonly native: NativeSide
  readonly launchUrl?: string
}

/** Opens the page in the shell of an app. */
async function openApp({ context, site, native, launchUrl }: ShellOf): Promise<Page> {
  await context.exposeBinding('toNative', ({ page }, call: NativeCall) => {
    if (call.id === '1') {
      const send = (reply: NativeReply): void =>
        void page.evaluate(`Capacitor.fromNative(${JSON.stringify(reply)})`).catch(() => undefined)
      native.startProcess(send, launchUrl)
    }
    native.receive(call)
  })
  await context.addInitScript(`
    window.androidBridge = {}
    window.Capacitor = (${createPageBridge.toString()})(${JSON.stringify(pluginHeaders)}, (call) => window.toNative(call))
  `)
  const page = await context.newPage()
  await page.goto(site)
  return page
}

describeInBrowser('the app in the engine of Android', () => {
  test('M02 M04 logs in by a browser beside it, junk and repeated links or not', async ({
    chromium,
    demo,
    phone,
  }) => {
    const native = createNativeSide()
    const page = await openApp({ context: phone, site: demo.site, native })
    await shows(page, 'anonymous')
    expect(await page.evaluate('Capacitor.getPlatform()')).toBe('android')
    await tap(page, 'Log in')
    const other = await chromium.newContext()
    const link = await createExternalBrowser(other).follow(await opened(native))
    native.openLink('com.example.concierge:/callback?code=evil&state=x')
    native.openLink(link)
    native.openLink(link)
    await shows(page, 'authenticated')
    await tap(page, 'Who am I?')
    await page.getByText(`You are ${appUser.name}.`).waitFor()
    await vi.waitFor(() => expect(native.closed).toBe(1))
    demo.authorizationServer.assert.noCodeReplayed()
    await other.close()
  })

  test('M03 is ended while the user is in the browser, and finishes the login when the link starts it', async ({
    chromium,
    demo,
    phone,
  }) => {
    const native = createNativeSide()
    const page = await openApp({ context: phone, site: demo.site, native })
    await shows(page, 'anonymous')
    await tap(page, 'Log in')
    const address = await opened(native)
    await page.close()
    const other = await chromium.newContext()
    const link = await createExternalBrowser(other).follow(address)
    await other.close()
    const again = await chromium.newContext(devices['Pixel 7'])
    const restarted = await openApp({ context: again, site: demo.site, native, launchUrl: link })
    await shows(restarted, 'authenticated')
    await restarted.getByText('Back at /welcome.').waitFor()
    await again.close()
  })
})

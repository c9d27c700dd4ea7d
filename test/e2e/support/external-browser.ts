import type { BrowserContext, Page } from 'playwright-core'
import { vi } from 'vitest'
import { appUser } from '../../../examples/mobile-webview/server/start-app-demo.ts'
import type { NativeSide } from '../../../packages/mobile/src/testing/native-side.test-support.ts'

/** The system browser beside the app. */
export interface ExternalBrowser {
  /** Opens the address, signs in if it is asked to, and gives the link that it is sent to at the end, which leads out of the web. */
  follow(address: string): Promise<string>
}

/** A browser that shares nothing with the app. */
export function createExternalBrowser(context: BrowserContext): ExternalBrowser {
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

/** Fills in the login page. */
export async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill(appUser.username)
  await page.getByLabel('Password').fill(appUser.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** The address that the app opened last. */
export const opened = (native: NativeSide): Promise<string> =>
  vi.waitFor(
    () => {
      const address = native.opened.at(-1)
      if (address === undefined) throw new Error('The browser was not opened.')
      return address
    },
    { timeout: 30_000, interval: 100 },
  )

import type { BrowserContext, JSHandle, Page } from 'playwright-core'
import type { TestedPage } from '../pages/lifecycle-page.ts'
import { type LifecycleSite, openLifecycleSite, type SiteOptions } from './lifecycle-site.ts'
import { test as base } from './test.ts'

/** Tests with a site of their own, and a tab that is not at it yet. */
export const test = base
  .extend('siteOptions', (): SiteOptions => ({}))
  .extend('site', async ({ siteOptions }, { onCleanup }): Promise<LifecycleSite> => {
    const site = await openLifecycleSite(siteOptions)
    onCleanup(() => site.close())
    return site
  })
  .extend('tab', ({ context }): Promise<Page> => context.newPage())

/** What the page has laid out for its test. */
export const pageOf = (tab: Page): Promise<JSHandle<TestedPage>> =>
  tab.evaluateHandle(() => (globalThis as unknown as { page: TestedPage }).page)

/** Goes to the site and waits until its `start()` has come back. */
export async function open(tab: Page, { app }: LifecycleSite, path = '/'): Promise<void> {
  await tab.goto(app.origin + path)
  await untilStarted(tab)
}

export const untilStarted = (tab: Page): Promise<void> => tab.locator('body[data-started]').waitFor()

export const isSession = (tab: Page, status: string): Promise<void> =>
  tab.locator(`body[data-session="${status}"]`).waitFor()

/** What the login under way ends in: `done` or a code. */
export const outcomeOf = async (tab: Page): Promise<string> =>
  (await pageOf(tab)).evaluate(({ outcome }) => outcome)

/** The last error's words. */
export const wordsIn = (tab: Page): Promise<string | null> => tab.locator('body').getAttribute('data-message')

/** Fills in the login page of the authorization server. */
export async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password').fill('password')
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Presses the button for a login in a window; gives the window. */
export async function openPopup(tab: Page): Promise<Page> {
  const opened = tab.waitForEvent('popup')
  await tab.locator('#popup').click()
  return opened
}

/** Makes the browser one that the authorization server knows already. */
export async function knowUser(
  context: BrowserContext,
  { authorizationServer }: LifecycleSite,
  login: { readonly acr?: string } = {},
): Promise<void> {
  await context.addCookies([authorizationServer.sessionCookie({ consentTo: 'spa', ...login })])
}

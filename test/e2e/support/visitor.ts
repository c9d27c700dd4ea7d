import type { Locator, Page } from 'playwright-core'
import { type Demo, demoUser } from '../../../examples/spa/server/start-demo.ts'

/** The places for tokens that the app offers. */
export type TokenPlace = 'Memory' | 'Worker' | 'Session' | 'Encrypted' | 'Local'

/** What a script of the page found. */
export interface Exposure {
  readonly summary: string
  readonly findings: Readonly<Record<string, string>>
}

/** Somebody in front of a browser tab: what they do, and what they wait to see. */
export interface Visitor {
  readonly page: Page
  /** Goes to a path of the app and waits until the app knows whether there is a session. */
  open(path?: string): Promise<void>
  /** Turns to this tab, where another was in front. */
  turnTo(): Promise<void>
  press(button: string): Promise<void>
  /** Fills in the login page. */
  signIn(password?: string): Promise<void>
  /** Answers the consent page. */
  decide(decision: 'Allow' | 'Deny'): Promise<void>
  /** The whole way from the app's first page to the greeting, for somebody whom the server does not know yet. */
  logIn(): Promise<void>
  /** Logs out, by way of the authorization server and back. */
  logOut(): Promise<void>
  isGreeted(): Promise<void>
  isWelcomed(): Promise<void>
  /** Waits for `count` orders. */
  seesOrders(count: number): Promise<void>
  /** Waits for a problem with this code; gives its words. */
  seesProblem(code: string): Promise<string>
  hasProblem(): Promise<boolean>
  /** Has the app keep its tokens elsewhere. Ends the session, if there is one. */
  keepTokensIn(place: TokenPlace): Promise<void>
  /** Lets a script look for tokens; gives what it found in each place, and what that comes to. */
  letScriptLook(): Promise<Exposure>
  /** The rows of the timeline, oldest first, each as whose it is and what it says: `Tab 1: POST /token`. */
  readTimeline(): Promise<readonly string[]>
  /** Waits until the app knows whether there is a session; gives its status. */
  readStatus(): Promise<string | undefined>
  /** Lets time pass, for the server, the API and the page alike. Call `holdTime` before the first page. */
  letPass(seconds: number): Promise<void>
  holdTime(): Promise<void>
}

/** A visitor of this demo, in this tab. */
export function createVisitor(page: Page, { app, authorizationServer }: Demo): Visitor {
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true })
  const problem = page.locator('.problem')
  const visitor: Visitor = {
    page,
    open: async (path = '/') => {
      await page.bringToFront()
      await page.goto(`${app.origin}${path}`)
      await page.locator('body:not([data-session="restoring"])').waitFor()
    },
    turnTo: () => page.bringToFront(),
    press: (name) => button(name).first().click(),
    signIn: async (password = demoUser.password) => {
      await page.getByLabel('Username').fill(demoUser.username)
      await page.getByLabel('Password').fill(password)
      await button('Sign in').click()
    },
    decide: (decision) => button(decision).click(),
    logIn: async () => {
      await visitor.press('Log in')
      await visitor.signIn()
      await visitor.decide('Allow')
      await visitor.isGreeted()
    },
    logOut: async () => {
      const back = page.waitForResponse(
        (response) => response.url().startsWith(app.origin) && response.request().isNavigationRequest(),
      )
      await visitor.press('Log out')
      await back
      await visitor.isWelcomed()
    },
    isGreeted: () => page.getByRole('heading', { name: `Hello, ${demoUser.username}` }).waitFor(),
    isWelcomed: () => page.locator('section.welcome').waitFor(),
    seesOrders: async (count) => {
      await page
        .getByRole('status')
        .filter({ hasText: `The API sent ${count} order` })
        .waitFor()
      await page
        .locator('.orders li')
        .nth(count - 1)
        .waitFor()
    },
    seesProblem: async (code) => {
      await problem.filter({ has: page.getByText(code, { exact: true }) }).waitFor()
      return problem.innerText()
    },
    hasProblem: () => problem.isVisible(),
    keepTokensIn: async (place) => {
      const choice = { name: new RegExp(`^${place} `) }
      await page.getByRole('button', choice).click()
      await page.getByRole('button', { ...choice, pressed: true }).waitFor()
      await visitor.readStatus()
    },
    letScriptLook: async () => {
      await visitor.press('Let a script look')
      await page.locator('.verdict').waitFor()
      const read = (row: Locator): Promise<string[]> => row.locator('strong, .chip').allInnerTexts()
      const rows = await Promise.all((await page.locator('.findings li').all()).map(read))
      return { summary: await page.locator('.verdict').innerText(), findings: Object.fromEntries(rows) }
    },
    readTimeline: () =>
      page
        .getByRole('region', { name: 'What happens, as it happens' })
        .locator('.moments li')
        .evaluateAll((rows) =>
          rows.map((row) => {
            const read = (part: string): string => row.querySelector(part)?.textContent ?? ''
            return `${read('.lane')}: ${read('strong')}`
          }),
        ),
    readStatus: async () => {
      await page.locator('body:not([data-session="restoring"])').waitFor()
      return (await page.locator('body').getAttribute('data-session')) ?? undefined
    },
    holdTime: () => page.clock.install(),
    letPass: async (seconds) => {
      authorizationServer.clock.advance(seconds)
      await page.clock.fastForward(seconds * 1000)
    },
  }
  return visitor
}

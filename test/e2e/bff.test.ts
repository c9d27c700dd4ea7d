import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { demoUser } from '../../examples/spa/server/start-demo.ts'
import { bffJourney } from '../../tools/demo/bff-journey.ts'
import { windows } from '../../tools/demo/check-demo.ts'
import { test } from './support/bff-test.ts'
import { eavesdrop } from './support/eavesdropper.ts'
import { fitsTheScreen } from './support/fits-the-screen.ts'
import { codeOfFetch, fetchAtOnce, sessionOf } from './support/page-session.ts'
import { describeInBrowser } from './support/test.ts'

const refresh = { endpoint: 'token', grantType: 'refresh_token' } as const
const accessTokenLifetime = 120

/** How often a page asks who is logged in, from now on. */
function countQuestions(page: Page): () => number {
  let count = 0
  page.on('request', (request) => (count += Number(request.url().endsWith('/auth/session'))))
  return () => count
}

describeInBrowser('a page behind a BFF', () => {
  test('has no token, nor has anything that goes over its wire', async ({ visitor, context, demo }) => {
    const overheard = eavesdrop(context, demo)
    const bodies: string[] = []
    context.on('response', (response) => {
      void response.text().then(
        (text) => bodies.push(text),
        () => undefined,
      )
    })
    await visitor.open()
    await visitor.logIn()
    await visitor.press('All')
    await visitor.seesOrders(4)
    const { page } = visitor
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    const tokens = ['access_token', 'refresh_token', 'id_token'].map(
      (name) => overheard.secrets.get(name) ?? '',
    )
    expect(tokens.filter((token) => token.length < 20)).toEqual([])
    expect(bodies.length).toBeGreaterThan(5)
    const everything = [stored, ...bodies, ...overheard.requests.map(({ url }) => url)].join('\n')
    expect(tokens.filter((token) => everything.includes(token))).toEqual([])
    expect(stored).toBe('[{},{},""]')
    const cookies = await context.cookies(demo.app.origin)
    expect(cookies.every(({ httpOnly }) => httpOnly)).toBe(true)
    expect(cookies.find(({ name }) => name === 'concierge')?.sameSite).toBe('Strict')
  })

  test('stays logged in over a reload and in a new tab', async ({ visitor, secondTab }) => {
    await visitor.open()
    await visitor.logIn()
    await visitor.page.reload()
    await visitor.isGreeted()
    await secondTab.open()
    await secondTab.isGreeted()
  })

  test('has an access token renewed once for any number of calls, and sees nothing of it', async ({
    visitor,
    demo,
  }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    await visitor.letPass(accessTokenLifetime)
    const statuses = await fetchAtOnce(visitor.page, `${demo.api.origin}/orders`, 20)
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(demo.authorizationServer.ledger.count(refresh)).toBe(1)
  })

  test('gets back what a login was started with, where it wanted to be', async ({ visitor }) => {
    await visitor.open()
    const { page } = visitor
    const session = await sessionOf(page)
    const options = { returnTo: '/?status=open', appState: { from: 'menu' } }
    await session.evaluate((auth, options) => void auth.login(options), options)
    await visitor.signIn()
    await visitor.decide('Allow')
    await visitor.seesOrders(2)
    const finished = await (await sessionOf(page)).evaluate((auth) => auth.start())
    expect(finished).toEqual(options)
  })

  test('L01: asks once where a framework starts it twice', async ({ visitor }) => {
    const { page } = visitor
    const questions = countQuestions(page)
    const body = `import { auth } from '/auth.js'
      const [first, second] = [auth.start(), auth.start()]
      await first
      document.body.dataset.session = String(first === second)`
    await page.route('**/main.js', (route) => route.fulfill({ body, contentType: 'text/javascript' }))
    await visitor.open()
    await page.locator('body[data-session="true"]').waitFor()
    expect(questions()).toBe(1)
  })

  test('L02: takes the back button and an old callback calmly', async ({ visitor, context, demo }) => {
    const overheard = eavesdrop(context, demo)
    await visitor.open()
    await visitor.logIn()
    const { page } = visitor
    const loaded = page.waitForEvent('load')
    // The first entry of a new tab is the empty page, the second the page as it was before the login.
    await page.evaluate(() => void setTimeout(() => history.go(2 - history.length)))
    await loaded
    expect(page.url()).toBe(`${demo.app.origin}/`)
    await visitor.isGreeted()
    await page.goto(overheard.callback())
    await visitor.open()
    await visitor.isGreeted()
    expect(await visitor.hasProblem()).toBe(false)
  })
})

describeInBrowser('tabs of a page behind a BFF', () => {
  test('hear of a login and of a logout in another', async ({ visitor, secondTab }) => {
    await secondTab.open()
    await secondTab.isWelcomed()
    await visitor.open()
    await visitor.logIn()
    await secondTab.isGreeted()
    await visitor.logOut()
    await secondTab.isWelcomed()
    expect(await secondTab.hasProblem()).toBe(false)
  })

  test('hear of a logout while the sign-in server is still busy with it', async ({
    visitor,
    secondTab,
    demo,
  }) => {
    await visitor.open()
    await visitor.logIn()
    await secondTab.open()
    await visitor.turnTo()
    demo.issuer.serve(async (request) => {
      if (new URL(request.url).pathname.includes('end_session')) await new Promise(() => undefined)
      return demo.authorizationServer.fetch(request)
    })
    await visitor.press('Log out')
    await secondTab.isWelcomed()
  })

  test('hear that a session has ended, and say so', async ({ visitor, secondTab, demo }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    await secondTab.open()
    await visitor.turnTo()
    demo.authorizationServer.faults.on('refresh.invalid_grant')
    await visitor.letPass(accessTokenLifetime)
    await visitor.press('All')
    expect(await visitor.seesProblem('session_expired')).not.toContain('still logged in')
    for (const { page } of [visitor, secondTab])
      await page.getByRole('heading', { name: 'Time’s up' }).waitFor()
    expect(await codeOfFetch(visitor.page, `${demo.api.origin}/orders`)).toBe('login_required')
    await visitor.press('Log in')
    await visitor.isGreeted()
    await secondTab.isGreeted()
  })

  test('find out, at the next call, that the sign-in server has ended the session', async ({
    visitor,
    demo,
  }) => {
    await visitor.open()
    await visitor.logIn()
    demo.authorizationServer.revokeSession({ username: demoUser.username })
    await demo.authorizationServer.settled()
    await visitor.press('All')
    await visitor.seesProblem('login_required')
    await visitor.isWelcomed()
  })
})

describeInBrowser('a BFF that is down', () => {
  test('at the start is a problem with a way out', async ({ visitor, demo }) => {
    const { page } = visitor
    await page.route('**/auth/session', (route) => route.abort())
    await page.goto(demo.app.origin)
    expect(await visitor.seesProblem('network_failed')).toContain('We cannot reach a server right now.')
    await page.unroute('**/auth/session')
    await visitor.press('Try again')
    await visitor.isWelcomed()
    expect(await visitor.hasProblem()).toBe(false)
  })

  test('keeps nobody from staying logged in, nor from trying again', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.logIn()
    await demo.app.shut()
    await visitor.press('All')
    expect(await visitor.seesProblem('network_failed')).toContain('You are still logged in.')
    await visitor.press('Log out')
    await visitor.seesProblem('network_failed')
    await visitor.isGreeted()
    await demo.app.open()
    await visitor.press('All')
    await visitor.seesOrders(4)
    expect(await visitor.hasProblem()).toBe(false)
  })

  test('at a login leaves the user on the page', async ({ visitor, demo, context }) => {
    await visitor.open()
    await demo.app.shut()
    await visitor.press('Log in')
    await visitor.seesProblem('network_failed')
    await context.setOffline(true)
    await visitor.press('Try again')
    await visitor.seesProblem('offline')
    await context.setOffline(false)
    await demo.app.open()
    await visitor.press('Try again')
    await visitor.signIn()
    await visitor.decide('Allow')
    await visitor.isGreeted()
  })

  test('in front of an authorization server that is down says so, and keeps the session', async ({
    visitor,
    demo,
  }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    await demo.issuer.shut()
    await visitor.letPass(accessTokenLifetime)
    await visitor.press('All')
    await visitor.seesProblem('api_503')
    await visitor.isGreeted()
    await demo.issuer.open()
    await visitor.letPass(5)
    await visitor.press('Try again')
    await visitor.seesOrders(4)
  })
})

describeInBrowser('behind a BFF on a phone', () => {
  test.override('contextOptions', { ...windows.phone, viewport: { width: 360, height: 740 } })

  test('the whole journey fits a narrow screen', ({ visitor }) => fitsTheScreen(visitor, bffJourney))
})

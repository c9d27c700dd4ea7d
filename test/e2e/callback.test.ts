import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { eavesdrop } from './support/eavesdropper.ts'
import { describeInBrowser, test } from './support/test.ts'

const redemption = { endpoint: 'token', grantType: 'authorization_code' } as const

/** The addresses in the tab's history that belong to the app. */
function readHistory(page: Page): Promise<string[]> {
  const read = (): string[] =>
    (window as unknown as { navigation: { entries(): { url: string }[] } }).navigation
      .entries()
      .map(({ url }) => url)
  return page.evaluate(read)
}

describeInBrowser('a callback that comes again', () => {
  test('by a reload is no error: the address was clean', async ({ visitor, context, demo }) => {
    const overheard = eavesdrop(context, demo)
    await visitor.open()
    await visitor.logIn()
    expect(visitor.page.url()).toBe(`${demo.app.origin}/`)
    await visitor.page.reload()
    await visitor.isWelcomed()
    expect(await visitor.hasProblem()).toBe(false)
    await visitor.press('Log in')
    await visitor.isGreeted()
    const callbacks = overheard.requests.filter(({ url }) => url.includes('code='))
    expect(callbacks).toHaveLength(2)
    expect(demo.authorizationServer.ledger.count({ ...redemption, status: 200 })).toBe(2)
  })

  test('by a reload in the midst of it leaves a page that works', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.press('Log in')
    await visitor.signIn()
    const underWay = visitor.page.waitForRequest('**/token')
    await visitor.page.route('**/token', () => undefined)
    await visitor.decide('Allow')
    await underWay
    expect(visitor.page.url()).toBe(`${demo.app.origin}/`)
    await visitor.page.unroute('**/token')
    await visitor.page.reload()
    await visitor.isWelcomed()
    expect(await visitor.hasProblem()).toBe(false)
    await visitor.press('Log in')
    await visitor.isGreeted()
  })

  test('L02: as a link is recognised, redeemed once only, and no error', async ({
    visitor,
    context,
    demo,
  }) => {
    const overheard = eavesdrop(context, demo)
    await visitor.open()
    await visitor.logIn()
    await visitor.page.goto(overheard.callback())
    await visitor.isWelcomed()
    expect(await visitor.hasProblem()).toBe(false)
    expect(visitor.page.url()).toBe(`${demo.app.origin}/`)
    const { ledger } = demo.authorizationServer
    expect(ledger.count(redemption)).toBe(1)
    expect(ledger.countEvents('code_replayed')).toBe(0)
  })

  test('L10: by the back button finds no callback in the history', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.logIn()
    const history = await readHistory(visitor.page)
    expect(history.filter((url) => /[?&#](code|state)=/.test(url))).toEqual([])
    await visitor.page.goBack()
    await visitor.page.goForward()
    await visitor.page.locator('body:not([data-session="restoring"])').waitFor()
    expect(visitor.page.url()).toBe(`${demo.app.origin}/`)
    expect(await visitor.hasProblem()).toBe(false)
    expect(demo.authorizationServer.ledger.count(redemption)).toBe(1)
  })

  test('L01: by a second start(), as under React’s StrictMode, is completed once', async ({
    visitor,
    demo,
  }) => {
    await visitor.page.route('**/main.js', async (route) => {
      const response = await route.fetch()
      const twice = `import { auth as sameAuth } from './auth.js'; void sameAuth.start(); void sameAuth.start();`
      await route.fulfill({ response, body: `${twice}\n${await response.text()}` })
    })
    await visitor.open('/?status=open')
    await visitor.logIn()
    // The page loads the orders once its own start() has come back: so that one, too, waited for the login.
    await visitor.seesOrders(2)
    expect(await visitor.hasProblem()).toBe(false)
    expect(demo.authorizationServer.ledger.count(redemption)).toBe(1)
  })
})

describeInBrowser('a login that is not the only one', () => {
  test('L05: finishes in two tabs that are at it at once', async ({ visitor, secondTab, demo }) => {
    for (const tab of [visitor, secondTab]) {
      await tab.open()
      await tab.press('Log in')
      await tab.page.getByLabel('Username').waitFor()
    }
    await visitor.turnTo()
    await visitor.signIn()
    await visitor.decide('Allow')
    await visitor.isGreeted()
    await secondTab.turnTo()
    await secondTab.signIn()
    await secondTab.isGreeted()
    for (const tab of [visitor, secondTab]) {
      await tab.turnTo()
      await tab.press('All')
      await tab.seesOrders(4)
    }
    expect(demo.authorizationServer.ledger.count({ ...redemption, status: 200 })).toBe(2)
  })

  test('can be begun anew after the back button', async ({ visitor }) => {
    await visitor.open()
    await visitor.press('Log in')
    await visitor.page.getByLabel('Username').waitFor()
    await visitor.page.goBack()
    await visitor.isWelcomed()
    await visitor.logIn()
  })
})

describeInBrowser('a forged callback', () => {
  test('is refused in every form, and a session in another tab lives on', async ({
    visitor,
    secondTab,
    demo,
  }) => {
    await visitor.open()
    await visitor.logIn()
    const { ledger } = demo.authorizationServer
    const requestsBefore = ledger.count({ endpoint: 'token' })

    const forged = [
      '/?code=forged&state=forged',
      '/?error=access_denied&state=forged',
      '/#code=forged&state=forged',
    ]
    for (const path of forged) {
      // From another page: a mere change of the fragment would not load the app.
      await secondTab.page.goto('about:blank')
      await secondTab.open(path)
      expect(await secondTab.seesProblem('callback_state_unknown'), path).toContain(
        'We stopped a login that was not started here.',
      )
      expect(secondTab.page.url(), path).toBe(`${demo.app.origin}/`)
    }

    await visitor.turnTo()
    await visitor.press('All')
    await visitor.seesOrders(4)
    expect(ledger.count({ endpoint: 'token' })).toBe(requestsBefore)
    expect(ledger.countEvents('token_revoked')).toBe(0)
  })

  test('does not use up a login that is under way', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.press('Log in')
    await visitor.page.getByLabel('Username').waitFor()
    await visitor.open('/?code=forged&state=forged')
    await visitor.seesProblem('callback_state_unknown')
    await visitor.page.goBack()
    await visitor.signIn()
    await visitor.decide('Allow')
    await visitor.isGreeted()
    expect(demo.authorizationServer.ledger.count(redemption)).toBe(1)
  })
})

describeInBrowser('where the user was going', () => {
  test('is restored after the login', async ({ visitor, demo }) => {
    await visitor.open('/?status=open')
    await visitor.logIn()
    await visitor.seesOrders(2)
    expect(visitor.page.url()).toBe(`${demo.app.origin}/?status=open`)
  })

  test('may be a place on the app that a link names', async ({ visitor, demo }) => {
    await visitor.open('/?return-to=/%3Fstatus%3Dall')
    await visitor.logIn()
    await visitor.seesOrders(4)
    expect(visitor.page.url()).toBe(`${demo.app.origin}/?status=all`)
  })

  test('is refused when it is not on the app', async ({ visitor, demo }) => {
    const elsewhere = [
      'https://elsewhere.example/',
      '//elsewhere.example',
      '/\\elsewhere.example',
      'javascript:alert(1)',
    ]
    for (const returnTo of elsewhere) {
      await visitor.open(`/?return-to=${encodeURIComponent(returnTo)}`)
      await visitor.press('Log in')
      expect(await visitor.seesProblem('return_to_not_same_origin'), returnTo).toContain('is not safe')
    }
    expect(demo.authorizationServer.ledger.count({ endpoint: 'authorize' })).toBe(0)
  })

  test('is checked again when it comes back from the storage', async ({ visitor, demo }) => {
    await visitor.page.addInitScript(() => {
      for (const [key, value] of Object.entries(sessionStorage)) {
        sessionStorage.setItem(
          key,
          String(value).replace(/"returnTo":"[^"]*"/, '"returnTo":"//elsewhere.example/"'),
        )
      }
    })
    await visitor.open('/?status=open')
    await visitor.logIn()
    expect(await visitor.hasProblem()).toBe(false)
    expect(visitor.page.url()).toBe(`${demo.app.origin}/`)
  })
})

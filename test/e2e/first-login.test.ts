import { expect } from 'vitest'
import { demoUser } from '../../examples/spa/server/start-demo.ts'
import { eavesdrop } from './support/eavesdropper.ts'
import { readAccessToken } from './support/page-session.ts'
import { describeInBrowser, sayWhatIsSkipped, test } from './support/test.ts'

sayWhatIsSkipped()

describeInBrowser('a first login', () => {
  test('leads over the login and the consent page to the user’s claims and orders', async ({
    visitor,
    demo,
  }) => {
    await visitor.open()
    await visitor.isWelcomed()
    await visitor.logIn()
    await visitor.page.getByText(demo.issuer.origin, { exact: true }).first().waitFor()
    await visitor.press('All')
    await visitor.seesOrders(4)
    await visitor.press('Open')
    await visitor.seesOrders(2)
    await visitor.press('Ask for more about me')
    await visitor.page.getByText('ada@example.com').waitFor()

    const { ledger } = demo.authorizationServer
    expect(ledger.count({ endpoint: 'token', grantType: 'authorization_code', status: 200 })).toBe(1)
    const [authorization] = ledger.select({ endpoint: 'authorize' })
    expect(authorization?.parameters).toMatchObject({ code_challenge_method: 'S256', response_type: 'code' })
  })

  test('can be done with the keyboard alone', async ({ visitor }) => {
    const { keyboard } = visitor.page
    const tabTo = async (name: string): Promise<void> => {
      const target = visitor.page.getByRole('button', { name, exact: true })
      for (let step = 0; step < 10; step += 1) {
        if (await target.evaluate((element) => element === document.activeElement)) return
        await keyboard.press('Tab')
      }
      throw new Error(`The Tab key does not lead to ${name}.`)
    }
    await visitor.open()
    await tabTo('Log in')
    await keyboard.press('Enter')
    await visitor.page.getByLabel('Username').waitFor()
    await keyboard.type(demoUser.username)
    await keyboard.press('Tab')
    await keyboard.type(demoUser.password)
    await keyboard.press('Enter')
    await visitor.page.getByRole('button', { name: 'Allow' }).waitFor()
    await tabTo('Allow')
    await keyboard.press('Enter')
    await visitor.isGreeted()
    await tabTo('All')
    await keyboard.press('Enter')
    await visitor.seesOrders(4)
  })

  test('goes on after a wrong password', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.press('Log in')
    await visitor.signIn('not the password')
    await visitor.page
      .getByRole('alert')
      .filter({ hasText: 'The username or the password is wrong.' })
      .waitFor()
    expect(demo.authorizationServer.ledger.countEvents('login')).toBe(0)
    await visitor.signIn()
    await visitor.decide('Allow')
    await visitor.isGreeted()
  })

  test('says calmly that consent was denied, and can be tried again', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.press('Log in')
    await visitor.signIn()
    await visitor.decide('Deny')
    const words = await visitor.seesProblem('access_denied')
    expect(words).toContain('You chose not to share your data.')
    expect(words).not.toMatch(/Error|error|refused|at .*\.js/)
    await visitor.isWelcomed()
    expect(visitor.page.url()).toBe(`${demo.app.origin}/`)
    expect(demo.authorizationServer.ledger.count({ endpoint: 'token' })).toBe(0)
    await visitor.press('Log in')
    await visitor.decide('Allow')
    await visitor.isGreeted()
  })

  test('leaves no secret in the address, the history, the storages, the console or other requests', async ({
    visitor,
    context,
    demo,
  }) => {
    const overheard = eavesdrop(context, demo)
    await visitor.open()
    await visitor.logIn()
    await visitor.press('All')
    await visitor.seesOrders(4)
    const accessToken = await readAccessToken(visitor.page)

    const { secrets } = overheard
    const names = ['access_token', 'code', 'code_verifier', 'id_token', 'nonce', 'refresh_token', 'state']
    expect([...secrets.keys()].sort()).toEqual(names)
    expect(secrets.get('access_token')).toBe(accessToken)
    const values = [...secrets.values()]
    const findIn = (text: string): string[] => values.filter((value) => text.includes(value))

    expect(findIn(JSON.stringify(await visitor.page.evaluate(readPlaces)))).toEqual([])
    expect(overheard.console).toEqual([])
    const atApp = overheard.requests.filter(({ url }) => url.startsWith(demo.app.origin))
    expect(atApp.filter(({ url }) => findIn(url).length > 0).map(({ url }) => url)).toEqual([
      overheard.callback(),
    ])
    expect(findIn(overheard.requests.map(({ referer }) => referer).join(' '))).toEqual([])
    const toApi = overheard.requests.filter(({ url }) => url.startsWith(demo.api.origin))
    expect(toApi.flatMap(({ url }) => findIn(url))).toEqual([])
    // What is kept says only that this login is over, lest its callback come again.
    const { sessionStorage, localStorage } = await visitor.page.evaluate(readStorages)
    const kept = [...secrets].filter(([, value]) => sessionStorage.includes(value)).map(([name]) => name)
    expect({ kept, localStorage }).toEqual({ kept: ['state'], localStorage: '{}' })
    expect(sessionStorage).toContain('\\"pending\\":[]')
  })
})

/** Runs in the page: every place but the session storage where a login could leave traces. */
async function readPlaces(): Promise<object> {
  const { navigation } = window as unknown as { navigation: { entries(): { url: string }[] } }
  return {
    address: location.href,
    history: navigation.entries().map(({ url }) => url),
    historyState: history.state as unknown,
    referrer: document.referrer,
    name: window.name,
    cookie: document.cookie,
    localStorage: { ...localStorage },
    databases: await indexedDB.databases(),
    page: document.documentElement.outerHTML,
    resources: performance.getEntriesByType('resource').map(({ name }) => name),
    globals: Object.keys(window),
  }
}

/** Runs in the page. */
function readStorages(): { sessionStorage: string; localStorage: string } {
  return {
    sessionStorage: JSON.stringify({ ...sessionStorage }),
    localStorage: JSON.stringify({ ...localStorage }),
  }
}

import { expect } from 'vitest'
import { describeInBrowser, test } from './support/test.ts'

const refresh = { endpoint: 'token', grantType: 'refresh_token' } as const
const accessTokenLifetime = 120
const unreachable = 'We cannot reach a server right now.'

describeInBrowser('a sign-in server that is down', () => {
  test('at the start of a login', async ({ visitor, demo }) => {
    await visitor.open()
    await demo.issuer.shut()
    await visitor.press('Log in')
    expect(await visitor.seesProblem('network_failed')).toContain(unreachable)
    await visitor.isWelcomed()
    await demo.issuer.open()
    await visitor.press('Try again')
    await visitor.signIn()
    await visitor.decide('Allow')
    await visitor.isGreeted()
  })

  test('at the callback', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.press('Log in')
    await visitor.signIn()
    // The script of the callback page: the code has come, and nothing has been done with it yet.
    await visitor.page.route('**/main.js', async (route) => {
      await demo.issuer.shut()
      await route.continue()
    })
    await visitor.decide('Allow')
    expect(await visitor.seesProblem('network_failed')).toContain(unreachable)
    await visitor.isWelcomed()
    expect(visitor.page.url()).toBe(`${demo.app.origin}/`)
    await visitor.page.unroute('**/main.js')
    await demo.issuer.open()
    await visitor.press('Try again')
    await visitor.isGreeted()
  })

  test('at the callback, where a proxy answers in its place with a page', async ({ visitor }) => {
    await visitor.open()
    await visitor.press('Log in')
    await visitor.signIn()
    const headers = { 'access-control-allow-origin': '*' }
    await visitor.page.route('**/token', (route) =>
      route.fulfill({ status: 200, contentType: 'text/html', body: '<p>Welcome to our Wi-Fi</p>', headers }),
    )
    await visitor.decide('Allow')
    expect(await visitor.seesProblem('unexpected_response')).not.toContain('Wi-Fi')
    await visitor.isWelcomed()
  })

  test('at a refresh when the access token has run out: the session is kept', async ({ visitor, demo }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    await demo.issuer.shut()
    await visitor.letPass(accessTokenLifetime)
    await visitor.press('All')
    const words = await visitor.seesProblem('refresh_outcome_unknown')
    expect(words).toContain(unreachable)
    expect(words).toContain('You are still logged in.')
    await visitor.press('Try again')
    await visitor.seesProblem('network_failed')
    await visitor.isGreeted()
    await demo.issuer.open()
    await visitor.letPass(5)
    await visitor.press('Try again')
    await visitor.seesOrders(4)
    expect(await visitor.hasProblem()).toBe(false)
    expect(demo.authorizationServer.ledger.count(refresh)).toBe(1)
  })

  test('with a failure of its own at a refresh: the session is kept', async ({ visitor }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    await visitor.letPass(accessTokenLifetime)
    const headers = { 'access-control-allow-origin': '*' }
    await visitor.page.route('**/token', (route) => route.fulfill({ status: 503, body: 'Busy', headers }))
    await visitor.press('All')
    expect(await visitor.seesProblem('server_unavailable')).toContain('You are still logged in.')
    await visitor.page.unroute('**/token')
    await visitor.press('Try again')
    await visitor.seesOrders(4)
  })
})

describeInBrowser('a sign-in server that is down while the access token still serves', () => {
  test.override('demoOptions', { accessTokenLifetime: 600 })

  test('is noticed by nobody, and the refresh is made up for', async ({ visitor, demo }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    await visitor.press('All')
    await visitor.seesOrders(4)
    await demo.issuer.shut()
    await visitor.letPass(580)
    const tried = visitor.page.waitForEvent('requestfailed', (request) => request.url().endsWith('/token'))
    await visitor.press('Open')
    await visitor.seesOrders(2)
    await tried
    expect(await visitor.hasProblem()).toBe(false)
    await demo.issuer.open()
    await visitor.letPass(30)
    await visitor.press('All')
    await visitor.seesOrders(4)
    expect(await visitor.hasProblem()).toBe(false)
    expect(demo.authorizationServer.ledger.count({ ...refresh, status: 200 })).toBe(1)
  })
})

describeInBrowser('a network that is down', () => {
  test('shows that the device is offline and keeps the session', async ({ visitor, context }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    await visitor.letPass(accessTokenLifetime)
    await context.setOffline(true)
    await visitor.press('All')
    const words = await visitor.seesProblem('offline')
    expect(words).toContain('You are offline.')
    expect(words).toContain('You are still logged in.')
    await context.setOffline(false)
    await visitor.press('Try again')
    await visitor.seesOrders(4)
  })

  test('at the API alone is told apart from a lost session', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.logIn()
    await demo.api.shut()
    await visitor.press('All')
    expect(await visitor.seesProblem('network_failed')).toContain('You are still logged in.')
    await demo.api.open()
    await visitor.press('Try again')
    await visitor.seesOrders(4)
    expect(demo.authorizationServer.ledger.count(refresh)).toBe(0)
  })
})

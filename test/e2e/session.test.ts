import { expect } from 'vitest'
import { demoUser } from '../../examples/spa/server/start-demo.ts'
import { codeOfFetch, fetchAtOnce, readAccessToken } from './support/page-session.ts'
import { describeInBrowser, test } from './support/test.ts'

const refresh = { endpoint: 'token', grantType: 'refresh_token' } as const
const accessTokenLifetime = 120

describeInBrowser('an access token that runs out', () => {
  test('is shown running out, and one refresh serves any number of calls', async ({ visitor, demo }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    await visitor.letPass(accessTokenLifetime)
    await visitor.page.getByText('The access token ran out. The next call fetches a new one.').waitFor()
    expect(await fetchAtOnce(visitor.page, `${demo.api.origin}/orders`, 5)).toEqual([200, 200, 200, 200, 200])
    expect(demo.authorizationServer.ledger.count(refresh)).toBe(1)
    await visitor.page.getByText('until the access token runs out').waitFor()
  })

  test('is renewed again and again with the refresh token that came last', async ({ visitor, demo }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    const { ledger } = demo.authorizationServer
    for (const round of [1, 2, 3]) {
      await visitor.letPass(accessTokenLifetime)
      await visitor.press('All')
      await visitor.seesOrders(4)
      expect(ledger.count({ ...refresh, status: 200 })).toBe(round)
    }
    expect(ledger.select(refresh).map(({ refreshTokenId }) => refreshTokenId)).toEqual([
      'rt-1',
      'rt-2',
      'rt-3',
    ])
    expect(ledger.countEvents('refresh_token_reused')).toBe(0)
  })

  test('is renewed when the API finds it out first, and the call is repeated', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.logIn()
    const statuses: number[] = []
    visitor.page.on('response', (response) => {
      if (response.url().startsWith(`${demo.api.origin}/orders`)) statuses.push(response.status())
    })
    demo.authorizationServer.clock.advance(accessTokenLifetime + 1)
    await visitor.press('All')
    await visitor.seesOrders(4)
    expect(statuses.filter((status) => status !== 204)).toEqual([401, 200])
    expect(demo.authorizationServer.ledger.count(refresh)).toBe(1)
  })

  test('is renewed at the press of a button', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.logIn()
    const before = await readAccessToken(visitor.page)
    await visitor.press('Refresh now')
    await visitor.page.getByText('The API refused the old token, so a new one was fetched.').waitFor()
    expect(await readAccessToken(visitor.page)).not.toBe(before)
    expect(demo.authorizationServer.ledger.count(refresh)).toBe(1)
  })
})

describeInBrowser('a session that ends', () => {
  test('at the server is shown as expired, and leads to a new login', async ({ visitor, demo }) => {
    await visitor.holdTime()
    await visitor.open()
    await visitor.logIn()
    demo.authorizationServer.revokeSession({ username: demoUser.username })
    await visitor.letPass(accessTokenLifetime)
    await visitor.press('All')
    const words = await visitor.seesProblem('session_expired')
    expect(words).toContain('Your session has ended.')
    expect(words).not.toContain('still logged in')
    await visitor.page.getByRole('heading', { name: 'Time’s up' }).waitFor()
    expect(await codeOfFetch(visitor.page, `${demo.api.origin}/orders`)).toBe('login_required')
    await visitor.press('Log in')
    await visitor.signIn()
    await visitor.isGreeted()
  })

  test('by a logout ends on both sides', async ({ visitor, demo }) => {
    await visitor.open()
    await visitor.logIn()
    const { ledger, clock } = demo.authorizationServer
    const accessToken = await readAccessToken(visitor.page)
    await visitor.logOut()
    expect(visitor.page.url()).toBe(`${demo.app.origin}/`)

    expect(ledger.count({ endpoint: 'revoke', status: 200 })).toBe(1)
    expect(ledger.count({ endpoint: 'end_session', method: 'POST' })).toBe(1)
    expect(ledger.countEvents('logout')).toBe(1)
    expect(ledger.countEvents('family_revoked')).toBe(1)

    expect(await codeOfFetch(visitor.page, `${demo.api.origin}/orders`)).toBe('login_required')
    const headers = { authorization: `Bearer ${accessToken}` }
    expect((await fetch(`${demo.issuer.origin}/userinfo`, { headers })).status).toBe(401)
    // An API that checks tokens by itself takes one until it runs out: that is why it lives for minutes only.
    clock.advance(accessTokenLifetime + 1)
    const response = await fetch(`${demo.api.origin}/orders`, { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')

    await visitor.press('Log in')
    await visitor.signIn()
    await visitor.isGreeted()
  })

  test('by a reload ends here only: the next login is a click', async ({ visitor }) => {
    await visitor.open()
    await visitor.logIn()
    await visitor.page.reload()
    await visitor.isWelcomed()
    await visitor.press('Log in')
    await visitor.isGreeted()
  })
})

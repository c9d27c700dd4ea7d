import { expect } from 'vitest'
import { isSession, knowUser, open, openPopup, outcomeOf, pageOf, signIn, test, untilStarted, wordsIn } from './support/lifecycle-test.ts'
import { describeInBrowser } from './support/test.ts'

describeInBrowser.for([
  ['a page without a Cross-Origin-Opener-Policy', {}],
  ['L06: a page with Cross-Origin-Opener-Policy: same-origin', { 'Cross-Origin-Opener-Policy': 'same-origin' }],
])('a login window of %s', ([, headers]) => {
  test.override('siteOptions', { headers })

  test('logs in beside the page, which stays as it is', async ({ tab, site }) => {
    await open(tab, site, '/here?x=1#y')
    const popup = await openPopup(tab)
    await signIn(popup)
    expect(await outcomeOf(tab)).toBe('done')
    await isSession(tab, 'authenticated')
    expect(tab.url()).toBe(`${site.app.origin}/here?x=1#y`)
    if (!popup.isClosed()) await popup.waitForEvent('close')
    expect(site.authorizationServer.ledger.count({ endpoint: 'token', status: 200 })).toBe(1)
  })
})

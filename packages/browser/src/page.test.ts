import { afterEach, describe, expect, it, vi } from 'vitest'
import { takeCallback } from './callback-address.ts'
import { pageTransition, settle, showPage } from './fake-page.test-support.ts'
import { onceShown, onWake, pageOrigin } from './page.ts'
import { redirectUserAgent } from './user-agents/redirect-user-agent.ts'

afterEach(() => vi.unstubAllGlobals())

const visit = {
  state: 's-1',
  clock: { wallTime: () => 0, monotonicTime: () => 0, sleep: async () => undefined },
}

describe('waking up', () => {
  it('is told when the page is seen again, back from the cache, or back on the network, and not when it goes', () => {
    const page = showPage('https://app.example/')
    const woken: boolean[] = []
    const stop = onWake((isRestored) => woken.push(isRestored))
    page.document.visibilityState = 'hidden'
    page.document.dispatchEvent(new Event('visibilitychange'))
    page.dispatchEvent(pageTransition(false))
    expect(woken).toEqual([])
    page.document.visibilityState = 'visible'
    page.document.dispatchEvent(new Event('visibilitychange'))
    page.dispatchEvent(pageTransition(true))
    page.dispatchEvent(new Event('online'))
    expect(woken).toEqual([false, true, false])
    stop()
    page.document.dispatchEvent(new Event('visibilitychange'))
    page.dispatchEvent(pageTransition(true))
    page.dispatchEvent(new Event('online'))
    expect(woken).toHaveLength(3)
  })
})

describe('L11: a page that is rendered ahead of time', () => {
  it('waits until somebody looks at it', async () => {
    const page = showPage('https://app.example/')
    page.document.prerendering = true
    let isShown = false
    void onceShown().then(() => (isShown = true))
    await settle()
    expect(isShown).toBe(false)
    page.document.dispatchEvent(new Event('prerenderingchange'))
    await settle()
    expect(isShown).toBe(true)
  })
})

describe('L12: without a page', () => {
  it('is a code', () => {
    vi.stubGlobal('window', undefined)
    expect(() => pageOrigin()).toThrow(expect.objectContaining({ code: 'not_in_browser' }))
  })
})

describe('L10: the answer in the address', () => {
  const redirectUri = 'https://app.example/callback?tenant=7'

  it.each([
    ['?tenant=7&code=c-1&state=s-1', 'code=c-1&state=s-1'],
    ['?tenant=7&error=access_denied&state=s-1', 'error=access_denied&state=s-1'],
    ['?tenant=7#code=c-1&state=s-1', 'code=c-1&state=s-1'],
    ['?tenant=7&code=c-1&state=s-1#access_token=a', 'code=c-1&state=s-1&access_token=a'],
  ])('is taken out of it at once: %s', (place, answer) => {
    const page = showPage(`https://app.example/callback${place}`)
    expect(String(takeCallback(redirectUri))).toBe(answer)
    expect(page.address).toBe(redirectUri)
  })

  it.each([
    'https://app.example/callback?tenant=7',
    'https://app.example/callback?tenant=7&state=s-1',
    'https://app.example/orders?code=voucher',
  ])('is none of ours in %s', (address) => {
    const page = showPage(address)
    expect(takeCallback(redirectUri)).toBe(undefined)
    expect(page.address).toBe(address)
  })
})

describe('L03: a login that left the page', () => {
  it('comes to its end where the user comes back to the very page, and not before', async () => {
    const page = showPage('https://app.example/')
    const ended = vi.fn()
    void redirectUserAgent.authorize('https://id.example/authorize', visit).then(ended)
    expect(page.visited).toEqual(['https://id.example/authorize'])
    page.dispatchEvent(pageTransition(false))
    await settle()
    expect(ended).not.toHaveBeenCalled()
    page.dispatchEvent(pageTransition(true))
    await settle()
    expect(ended).toHaveBeenCalledWith(undefined)
  })
})

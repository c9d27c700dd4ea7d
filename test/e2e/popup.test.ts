import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { launchChromium, launchWithThirdPartyStorage } from './support/launch-chromium.ts'
import {
  isSession,
  knowUser,
  open,
  openPopup,
  outcomeOf,
  pageOf,
  signIn,
  test,
  untilStarted,
  wordsIn,
} from './support/lifecycle-test.ts'
import type { SiteOptions } from './support/lifecycle-site.ts'
import { describeInBrowser } from './support/test.ts'

const openerPolicy = { 'Cross-Origin-Opener-Policy': 'same-origin' }

/** Keeps what `window.open` gives the page, so that a test can look at what the page sees. */
const keepOpened = (tab: Page): Promise<unknown> =>
  tab.addInitScript(() => {
    const { open } = window
    window.open = (...words) =>
      ((globalThis as { opened?: Window | null }).opened = open.apply(window, words))
  })

const isSeenClosed = (tab: Page): Promise<boolean | undefined> =>
  tab.evaluate(() => (globalThis as { opened?: Window }).opened?.closed)

const codes = { endpoint: 'token', grantType: 'authorization_code', status: 200 } as const

describeInBrowser.for([
  ['a page without a Cross-Origin-Opener-Policy', {}, false],
  ['L06: a page with Cross-Origin-Opener-Policy: same-origin', openerPolicy, true],
] as const)('a login window of %s', ([, headers, lies]) => {
  test.override('siteOptions', { headers, relayHeaders: headers })

  test('logs in beside the page, which stays as it is', async ({ tab, site }) => {
    await keepOpened(tab)
    await open(tab, site, '/here?x=1#y')
    const popup = await openPopup(tab)
    await popup.getByLabel('Username').waitFor()
    expect(await isSeenClosed(tab)).toBe(lies)
    await signIn(popup)
    expect(await outcomeOf(tab)).toBe('done')
    await isSession(tab, 'authenticated')
    expect(tab.url()).toBe(`${site.app.origin}/here?x=1#y`)
    if (!popup.isClosed()) await popup.waitForEvent('close')
    expect(site.authorizationServer.ledger.count(codes)).toBe(1)
  })

  test('has no way back to the page, and no code in its address', async ({ tab, site, context }) => {
    const seen: { readonly url: string; readonly opener: boolean }[] = []
    await context.exposeBinding('tell', (_, url: string, opener: boolean) => void seen.push({ url, opener }))
    // Runs in the relay page the moment that it hands the answer on.
    await context.addInitScript(() => {
      const { postMessage } = BroadcastChannel.prototype
      BroadcastChannel.prototype.postMessage = function (message) {
        const { tell } = globalThis as unknown as { tell(url: string, opener: boolean): Promise<void> }
        if (location.pathname === '/relay.html') void tell(location.href, window.opener !== null)
        postMessage.call(this, message)
      }
    })
    await open(tab, site)
    await signIn(await openPopup(tab))
    expect(await outcomeOf(tab)).toBe('done')
    await expect.poll(() => seen).toEqual([{ url: `${site.app.origin}/relay.html`, opener: false }])
  })

  test('gives way to another login, whose answer is the one that counts', async ({ tab, site }) => {
    await open(tab, site)
    const first = await openPopup(tab)
    await first.getByLabel('Username').waitFor()
    const ended = await outcomeOfNow(tab)
    const second = await openPopup(tab)
    await expect(ended()).resolves.toBe('login_dismissed')
    await signIn(second)
    expect(await outcomeOf(tab)).toBe('done')
  })

  test('is given up by the signal of its caller', async ({ tab, site }) => {
    await open(tab, site)
    const page = await pageOf(tab)
    await page.evaluate((page) => {
      const abort = new AbortController()
      page.options = { signal: abort.signal }
      Object.assign(globalThis, { abort })
    })
    await (await openPopup(tab)).getByLabel('Username').waitFor()
    await tab.evaluate(() =>
      (globalThis as unknown as { abort: AbortController }).abort.abort(new Error('enough')),
    )
    expect(await outcomeOf(tab)).toBe('enough')
    await isSession(tab, 'anonymous')
  })

  test('whose page is gone when the answer comes goes to the app itself', async ({ tab, site }) => {
    await open(tab, site)
    const popup = await openPopup(tab)
    await popup.getByLabel('Username').waitFor()
    await tab.reload()
    await signIn(popup)
    await popup.waitForURL(`${site.app.origin}/`)
    await untilStarted(popup)
    expect(site.authorizationServer.ledger.count(codes)).toBe(0)
  })
})

/** What the login that is under way now ends in, whatever other one is begun meanwhile. */
async function outcomeOfNow(tab: Page): Promise<() => Promise<string>> {
  const kept = await (await pageOf(tab)).evaluateHandle(({ outcome }) => ({ outcome }))
  return () => kept.evaluate(({ outcome }) => outcome)
}

describeInBrowser('L06: a login window that the user closes', () => {
  test('ends the login with a code of its own, and the next one is a click', async ({ tab, site }) => {
    await open(tab, site)
    const popup = await openPopup(tab)
    await popup.getByLabel('Username').waitFor()
    // The page looks twice a second; it must have seen the window at the server.
    await tab.waitForTimeout(1_100)
    await popup.close()
    expect(await outcomeOf(tab)).toBe('login_dismissed')
    await isSession(tab, 'anonymous')
    await signIn(await openPopup(tab))
    expect(await outcomeOf(tab)).toBe('done')
  })
})

describeInBrowser('L06: a login window that the browser blocks', () => {
  const asUsers = ['--disable-popup-blocking']
  const blockedTab = async (
    chromium: string,
    onCleanup: (end: () => Promise<void>) => void,
  ): Promise<Page> => {
    const browser = await launchChromium(chromium, asUsers)
    onCleanup(() => browser.close())
    return browser.newPage()
  }
  const blocked = test.extend('tab', ({ chromium }, { onCleanup }) => blockedTab(chromium, onCleanup))

  // The page asks by itself: there is no click.
  const settings = { userAgent: 'popup', logsInAtOnce: true } as const
  const ends = async (tab: Page): Promise<string> => {
    await tab.locator('body[data-started="started"]').waitFor()
    return outcomeOf(tab)
  }

  describe('without a click', () => {
    blocked.override('siteOptions', { settings })

    blocked('is a code that says to call login() in one', async ({ tab, site }) => {
      await tab.goto(site.app.origin)
      expect(await ends(tab)).toBe('popup_blocked')
      expect(await wordsIn(tab)).toContain('in the handler of a click')
      expect(site.authorizationServer.ledger.count({ endpoint: 'authorize' })).toBe(0)
    })
  })

  describe('without a click, where the app prefers a redirect', () => {
    blocked.override('siteOptions', { settings: { ...settings, whenBlocked: 'redirect' } })

    blocked('is a login by redirect', async ({ tab, site }) => {
      await tab.goto(`${site.app.origin}/here`)
      await signIn(tab)
      await isSession(tab, 'authenticated')
      expect(tab.url()).toBe(`${site.app.origin}/here`)
    })
  })

  blocked('opens in a click, though the metadata was not there yet', async ({ tab, site }) => {
    await open(tab, site)
    await signIn(await openPopup(tab))
    expect(await outcomeOf(tab)).toBe('done')
  })
})

describeInBrowser('a login window of a page inside another site', () => {
  /** The other site is at the address of the authorization server. */
  const around: SiteOptions['around'] = (handler) => async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname !== '/outside') return handler(request)
    const html = `<!doctype html><iframe src="${searchParams.get('app')}" width="400" height="300"></iframe>`
    return new Response(html, { headers: { 'Content-Type': 'text/html' } })
  }
  test.override('siteOptions', { around })
  // A private window blocks the storage of such a page altogether.
  test.override('context', ({ chromium }, { onCleanup }) => launchWithThirdPartyStorage(chromium, onCleanup))

  test('tells the page, though they share no channel', async ({ tab, site }) => {
    await tab.goto(`${site.issuer.origin}/outside?app=${site.app.origin}/`)
    const frame = tab.frameLocator('iframe')
    await frame.locator('body[data-started]').waitFor()
    const opened = tab.waitForEvent('popup')
    await frame.locator('#popup').click()
    const popup = await opened
    await signIn(popup)
    await frame.locator('body[data-session="authenticated"]').waitFor()
    if (!popup.isClosed()) await popup.waitForEvent('close')
  })
})

describeInBrowser('L07: a message that is no answer', () => {
  test('finishes no login: not from another window, not with another state, not by another name', async ({
    tab,
    site,
    context,
  }) => {
    await open(tab, site)
    const popup = await openPopup(tab)
    await popup.getByLabel('Username').waitFor()
    const state = new URL(popup.url()).searchParams.get('state')
    const forger = await context.newPage()
    await forger.goto(`${site.app.origin}/other`)
    // The forger is of the same origin already, and knows less than the state.
    await forger.evaluate(() => {
      for (const name of ['concierge:answer:', 'concierge:answer:guess', 'concierge']) {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
        new BroadcastChannel(name).postMessage([name, 'code=forged&state=guess'])
      }
    })
    // Another window, even one that knows the state, is not the one that was opened.
    await tab.evaluate(
      (state) => {
        const name = `concierge:answer:${state}`
        window.postMessage([name, `code=forged&state=${state}`], location.origin)
        window.postMessage([name, `code=forged&state=${state}`], '*')
      },
      state ?? (await stateOf(popup)),
    )
    // A relay page that somebody else opened with an answer of their own.
    await forger.goto(`${site.app.origin}/relay.html?code=forged&state=guess`)
    await forger.waitForURL(`${site.app.origin}/`)
    expect(site.authorizationServer.ledger.count({ endpoint: 'token' })).toBe(0)
    await signIn(popup)
    expect(await outcomeOf(tab)).toBe('done')
  })
})

/** The login page's own address does not have it: that of the request does. */
async function stateOf(popup: Page): Promise<string | undefined> {
  return (
    new URL(await popup.evaluate(() => document.referrer || location.href)).searchParams.get('state') ??
    undefined
  )
}

describeInBrowser('an API that asks for a stronger login', () => {
  test('gets it in a window, and then the same request with the new token', async ({
    tab,
    site,
    context,
  }) => {
    await knowUser(context, site)
    await open(tab, site)
    await openPopup(tab)
    expect(await outcomeOf(tab)).toBe('done')
    await context.clearCookies()
    await knowUser(context, site, { acr: 'gold' })
    const page = await pageOf(tab)
    const answer = await page.evaluate(async ({ auth }, api) => {
      const response = await auth.fetch(`${api}/resource?acr_values=gold&max_age=600`, {
        method: 'POST',
        body: 'ten',
      })
      return { status: response.status, ...(await response.json()) }
    }, site.issuer.origin)
    expect(answer).toMatchObject({ status: 200, body: 'ten', acr: 'gold' })
    expect(site.authorizationServer.ledger.count(codes)).toBe(2)
  })
})

describeInBrowser('what a login asks for', () => {
  test('arrives at the authorization server', async ({ tab, site, context }) => {
    await open(tab, site)
    await (
      await pageOf(tab)
    ).evaluate((page) => {
      page.options = {
        prompt: 'login',
        loginHint: 'ada',
        uiLocales: ['de', 'en-GB'],
        acrValues: ['gold', 'silver'],
        maxAge: 60,
        extraParameters: { audience: 'orders' },
      }
    })
    const request = context.waitForEvent('request', (request) => request.url().includes('/authorize?'))
    await openPopup(tab)
    const { searchParams } = new URL((await request).url())
    expect(Object.fromEntries(searchParams)).toMatchObject({
      prompt: 'login',
      login_hint: 'ada',
      ui_locales: 'de en-GB',
      acr_values: 'gold silver',
      max_age: '60',
      audience: 'orders',
      redirect_uri: `${site.app.origin}/relay.html`,
    })
  })
})

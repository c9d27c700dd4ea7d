import { expect } from 'vitest'
import type { BrowserContext, Page } from 'playwright-core'
import { eavesdrop } from './support/eavesdropper.ts'
import { describeInBrowser, test } from './support/test.ts'
import type { Exposure, TokenPlace, Visitor } from './support/visitor.ts'

interface Expected {
  readonly place: TokenPlace
  /** What a reload of the only tab finds. */
  readonly afterReload: 'authenticated' | 'anonymous'
  /** What a tab finds that is opened beside it. */
  readonly inNewTab: 'authenticated' | 'anonymous'
  /** Where a script finds the refresh token: in a place, or only by listening in while it is renewed. */
  readonly liesIn?: string
  readonly isOverheard: boolean
}

const expectations: readonly Expected[] = [
  { place: 'Memory', afterReload: 'anonymous', inNewTab: 'anonymous', isOverheard: true },
  { place: 'Worker', afterReload: 'authenticated', inNewTab: 'authenticated', isOverheard: false },
  {
    place: 'Session',
    afterReload: 'authenticated',
    inNewTab: 'anonymous',
    liesIn: 'Session storage',
    isOverheard: true,
  },
  {
    place: 'Encrypted',
    afterReload: 'authenticated',
    inNewTab: 'authenticated',
    liesIn: 'Databases',
    isOverheard: true,
  },
  {
    place: 'Local',
    afterReload: 'authenticated',
    inNewTab: 'authenticated',
    liesIn: 'Databases',
    isOverheard: true,
  },
]

const isShared = ({ inNewTab }: Expected): boolean => inNewTab === 'authenticated'

/** Logs in with the tokens in this place. */
async function logInWith(place: TokenPlace, visitor: Visitor): Promise<void> {
  await visitor.open()
  await visitor.keepTokensIn(place)
  await visitor.logIn()
}

/** What the policies of pages and workers forbade, from now on. */
async function watchViolations(context: BrowserContext): Promise<readonly string[]> {
  const violations: string[] = []
  context.on('console', (message) => {
    if (/content security policy|trusted ?(type|script)|violation/i.test(message.text()))
      violations.push(message.text())
  })
  await context.addInitScript(() => {
    const tell = ({ violatedDirective, blockedURI, sample }: SecurityPolicyViolationEvent): void =>
      console.error(`violation of ${violatedDirective}: ${blockedURI} ${sample}`)
    document.addEventListener('securitypolicyviolation', tell)
  })
  return violations
}

/** Runs in the page: everything that lies in its storages and databases, as text. */
async function readEverything(): Promise<string> {
  const settle = <Result>(request: IDBRequest<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(request.error as Error))
    })
  const found: unknown[] = [{ ...sessionStorage }, { ...localStorage }]
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await settle(indexedDB.open(name))
    for (const store of database.objectStoreNames)
      found.push(await settle(database.transaction(store).objectStore(store).getAll()))
    database.close()
  }
  return JSON.stringify(found)
}

/** When the session ended in a tab, in milliseconds since 1970, as its own timeline has it. */
function readEnd(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { events } = JSON.parse(sessionStorage.getItem('example:timeline') ?? '{}') as {
      events: { name: string; at: number; detail: { status?: string } }[]
    }
    const isEnd = ({ name, detail }: (typeof events)[number]): boolean =>
      name === 'session' && detail.status === 'anonymous'
    const isLogin = ({ name, detail }: (typeof events)[number]): boolean =>
      name === 'session' && detail.status === 'authenticated'
    return events.slice(events.findLastIndex(isLogin)).find(isEnd)?.at ?? 0
  })
}

describeInBrowser('tokens', () => {
  test.for(expectations)(
    'in $place: a reload finds the session $afterReload, a new tab $inNewTab',
    async ({ place, afterReload, inNewTab }, { visitor, secondTab, context }) => {
      const violations = await watchViolations(context)
      await logInWith(place, visitor)
      await visitor.press('All')
      await visitor.seesOrders(4)
      await visitor.page.reload()
      expect(await visitor.readStatus()).toBe(afterReload)
      if (afterReload === 'anonymous') {
        await visitor.press('Log in')
        await visitor.isGreeted()
      }
      await secondTab.open()
      expect(await secondTab.readStatus()).toBe(inNewTab)
      expect(violations).toEqual([])
    },
  )

  test.for(expectations)(
    'in $place: a script finds what is there, and the page shows no token whole',
    async ({ place, liesIn, isOverheard }, { visitor, context, demo }) => {
      const violations = await watchViolations(context)
      const overheard = eavesdrop(context, demo)
      await logInWith(place, visitor)
      const refreshToken = overheard.secrets.get('refresh_token') ?? ''
      expect(refreshToken).not.toBe('')
      const isInPlainText = (await visitor.page.evaluate(readEverything)).includes(refreshToken)
      expect(isInPlainText).toBe(place === 'Session' || place === 'Local')

      const { summary, findings } = await visitor.letScriptLook()
      const places = ['Session storage', 'Local storage', 'Databases', 'Objects of the page']
      const lying = places.map((name) => [name, name === liesIn ? 'refresh token' : 'nothing'])
      expect(findings).toEqual({
        ...Object.fromEntries(lying),
        'Just asking': 'access token',
        'Listening in': isOverheard ? 'refresh token' : 'access token',
      } satisfies Exposure['findings'])
      expect(summary).toContain(isOverheard ? 'can carry off the refresh token' : 'out of its reach')

      const shown = await visitor.page.evaluate(() => document.documentElement.outerHTML)
      const secrets = [...overheard.secrets.values(), refreshToken]
      expect(secrets.filter((secret) => shown.includes(secret))).toEqual([])
      expect(await visitor.hasProblem()).toBe(false)
      expect(violations).toEqual([])
    },
  )

  test('encrypted: the box is opened on the spot, but its key cannot be copied', async ({ visitor }) => {
    await logInWith('Encrypted', visitor)
    await visitor.letScriptLook()
    const words = 'A locked box, whose key does not leave this browser. This script turned the key right here'
    await visitor.page.getByText(words).waitFor()
  })

  test.for(['Encrypted', 'Local'] as const)(
    'in %s outlast the last tab',
    async (place, { visitor, context, demo }) => {
      await logInWith(place, visitor)
      // The greeting may be seen a moment before the tokens are written; the other tabs are told after that.
      await visitor.page.locator('.moments').getByText('Tells the other tabs').waitFor()
      await visitor.page.close()
      const later = await context.newPage()
      await later.goto(demo.app.origin)
      await later.getByRole('heading', { name: 'Hello' }).waitFor()
    },
  )

  test('do not move house: another place begins without a session, and the old one keeps nothing', async ({
    visitor,
    context,
    demo,
  }) => {
    const overheard = eavesdrop(context, demo)
    await logInWith('Local', visitor)
    await visitor.keepTokensIn('Session')
    expect(await visitor.readStatus()).toBe('anonymous')
    const refreshToken = overheard.secrets.get('refresh_token') ?? 'none'
    expect(await visitor.page.evaluate(readEverything)).not.toContain(refreshToken)
    expect(demo.authorizationServer.ledger.countEvents('family_revoked')).toBe(1)
  })
})

/** Runs in the page before anything else: keeps everything that `fetch` and messages bring past. */
function listenFromTheStart(): void {
  const heard: unknown[] = []
  Object.assign(globalThis, { heard })
  const { fetch } = globalThis
  globalThis.fetch = async (input, init) => {
    heard.push(String(init?.body))
    const response = await fetch(input, init)
    heard.push(await response.clone().text())
    return response
  }
  const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data')
  Object.defineProperty(MessageEvent.prototype, 'data', {
    configurable: true,
    get(this: MessageEvent): unknown {
      const value: unknown = data?.get?.call(this)
      heard.push(value)
      return value
    },
  })
}

const readHeard = (page: Page): Promise<string> =>
  page.evaluate(() => JSON.stringify((globalThis as unknown as { heard: unknown[] }).heard))

describeInBrowser('tokens in a worker', () => {
  test.for([
    { place: 'Worker', isHeard: false },
    { place: 'Memory', isHeard: true },
  ] as const)(
    'in $place: the refresh token comes past a script that was there first: $isHeard',
    async ({ place, isHeard }, { visitor, context, demo }) => {
      const overheard = eavesdrop(context, demo)
      await context.addInitScript(listenFromTheStart)
      await logInWith(place, visitor)
      await visitor.press('Refresh now')
      await visitor.page.getByText('so a new one was fetched').waitFor()
      const heard = await readHeard(visitor.page)
      expect(heard).toContain(overheard.secrets.get('access_token'))
      expect(heard.includes(overheard.secrets.get('refresh_token') ?? '')).toBe(isHeard)
    },
  )

  test('are in a dedicated one where there is no SharedWorker, as out of reach', async ({
    visitor,
    context,
  }) => {
    const violations = await watchViolations(context)
    await context.addInitScript(() => void Reflect.deleteProperty(globalThis, 'SharedWorker'))
    await logInWith('Worker', visitor)
    expect(await visitor.readTimeline()).toContain('Tab 1 (this one): Makes do with a worker of its own')
    expect((await visitor.letScriptLook()).summary).toContain('out of its reach')
    await visitor.page.reload()
    expect(await visitor.readStatus()).toBe('anonymous')
    expect(violations).toEqual([])
  })

  test('are in the page where the worker’s file is missing, and that is said', async ({
    visitor,
    context,
  }) => {
    await context.route('**/concierge-worker.js', (route) => route.fulfill({ status: 404 }))
    await logInWith('Worker', visitor)
    expect(await visitor.readTimeline()).toContain('Tab 1 (this one): Makes do without')
    expect((await visitor.letScriptLook()).findings['Listening in']).toBe('refresh token')
  })
})

describeInBrowser('the timeline', () => {
  test('shows a login across the redirect, and the requests that a worker makes beside it', async ({
    visitor,
  }) => {
    await logInWith('Worker', visitor)
    const rows = await visitor.readTimeline()
    const ofLogin = [
      'Tab 1 (this one): Leaves the page',
      'Tab 1 (this one): Is back',
      'Worker: POST /token',
      'Tab 1 (this one): Logged in',
    ]
    expect(rows.filter((row) => ofLogin.includes(row))).toEqual(ofLogin)
    expect(rows.filter((row) => row === 'Worker: POST /token')).toHaveLength(1)
  })

  test.for(expectations)(
    'draws two tabs side by side, and a logout that reaches the other within a second: $place',
    async (expected, { visitor, secondTab, context }) => {
      const violations = await watchViolations(context)
      await logInWith(expected.place, visitor)
      await secondTab.open()
      if (!isShared(expected)) {
        await secondTab.press('Log in')
        await secondTab.isGreeted()
      }
      await visitor.turnTo()
      await visitor.page.getByText('Tab 2', { exact: true }).first().waitFor()
      await visitor.logOut()
      await secondTab.isWelcomed()
      const [here, there] = await Promise.all([visitor, secondTab].map(({ page }) => readEnd(page)))
      expect(here).toBeGreaterThan(0)
      expect(Math.abs((there ?? 0) - (here ?? 0))).toBeLessThan(1_000)

      const read = async (tab: Visitor): Promise<string[]> =>
        (await tab.readTimeline()).map((row) => row.replace(' (this one)', ''))
      // Tabs that share a session revoke one refresh token; the others one each.
      const revocations = async (): Promise<number> =>
        (await read(visitor)).filter((row) => row.endsWith(': POST /revoke')).length
      await expect.poll(revocations).toBe(isShared(expected) ? 1 : 2)
      await expect.poll(() => read(secondTab)).toEqual(await read(visitor))
      expect(await read(secondTab)).toEqual(
        expect.arrayContaining([
          'Tab 1: Nobody is logged in',
          'Tab 1: Leaves the page',
          'Tab 2: Nobody is logged in',
        ]),
      )
      expect(await visitor.readTimeline()).toContain('Tab 1 (this one): Leaves the page')
      expect(violations).toEqual([])
    },
  )

  test('knows a duplicated tab for another, and its session is its own', async ({ visitor, context }) => {
    await logInWith('Session', visitor)
    const opened = context.waitForEvent('page')
    await visitor.page.evaluate(() => void window.open('/'))
    const copy = await opened
    await copy.locator('section.welcome').waitFor()
    await copy.getByText('Tab 2 (this one)', { exact: true }).first().waitFor({ state: 'attached' })
    expect(await visitor.readStatus()).toBe('authenticated')
    const rows = await visitor.readTimeline()
    expect(rows.filter((row) => row.startsWith('Tab 2'))).not.toContain('Tab 2: Leaves the page')
  })

  test('can be cleared, in all tabs', async ({ visitor, secondTab }) => {
    await logInWith('Memory', visitor)
    await secondTab.open()
    await visitor.press('Clear')
    await visitor.page.getByText('Nothing yet.').waitFor()
    await secondTab.page.getByText('Nothing yet.').waitFor()
  })
})

describeInBrowser('the report', () => {
  test('can be copied, and holds no secret', async ({ visitor, context, demo }) => {
    const overheard = eavesdrop(context, demo)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await logInWith('Worker', visitor)
    await visitor.press('Copy the report')
    await visitor.page.getByText('Copied.').waitFor()
    const copied = await visitor.page.evaluate(() => navigator.clipboard.readText())
    expect(JSON.parse(copied)).toMatchObject({ tokenStore: 'worker', session: 'authenticated' })
    const secrets = [...overheard.secrets.values()]
    expect(secrets.filter((secret) => copied.includes(secret))).toEqual([])
  })
})

import { createMemoryKeyStore, createMemoryStore } from '@oauth-concierge/core'
import { keyStoreCases, keyValueStoreCases } from '@oauth-concierge/core/testing'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import type { Rig, SuiteName } from './pages/stores-page.ts'
import { describeInEngines, openBrowser } from './rig/engines.ts'
import type { RigBrowser, RigPage } from './rig/rig-page.ts'
import { type ServedPage, servePage } from './rig/serve-page.ts'

/** What the page shows to the functions that run in it. */
declare const rig: Rig

const place = 'concierge:tokens:spa@https://id.example.com'
const keyValueCases = keyValueStoreCases(async () => createMemoryStore())
const keyCases = keyStoreCases(async () => createMemoryKeyStore())

let served: ServedPage
let origins = 0

beforeAll(async () => {
  served = await servePage(new URL('pages/stores-page.ts', import.meta.url))
})

afterAll(() => served.close())

describeInEngines('the stores', (engine) => {
  let browser: RigBrowser
  let page: RigPage
  let origin: string

  beforeAll(async () => {
    browser = await openBrowser(engine)
  })

  afterAll(() => browser.close())

  beforeEach(async () => {
    origins += 1
    origin = served.origin(`app-${origins}`)
    page = await browser.newPage()
    await page.goto(`${origin}/`)
  })

  afterEach(() => page.close())

  const suites: readonly (readonly [SuiteName, typeof keyCases])[] = [
    ['IndexedDB store', keyValueCases],
    ['encrypted store', keyValueCases],
    ['tab store', keyValueCases],
    ['IndexedDB key store', keyCases],
  ]

  it.each(suites)('%s: every case of its suite', async (suite, cases) => {
    for (const { name } of cases) {
      await page
        .evaluate((which) => rig.runCase(which), { suite, name })
        .catch((fault: unknown) => {
          throw new Error(`${name}: ${String(fault)}`)
        })
    }
    expect(await page.evaluate((suite) => rig.caseNames(suite), suite)).toEqual(cases.map(({ name }) => name))
  })

  describe.each(['session', 'encrypted', 'local'] as const)('tokens in the store %s', (store) => {
    it('are there after a reload', async () => {
      await put(page, store, 'a refresh token')
      await page.reload()
      expect(await read(page, store)).toEqual({ value: 'a refresh token', told: [] })
    })

    it('S03: are in memory in a frame that has no storage', async () => {
      await page.goto(`${origin}/framed`)
      const { value, told } = await page.evaluate((store) => {
        const frame = document.querySelector('iframe')?.contentWindow
        return new Promise<{ value: unknown; told: string[] }>((resolve) => {
          addEventListener('message', ({ data }) => resolve(data))
          frame?.postMessage(store, '*')
        })
      }, store)
      expect({ value, told }).toEqual({ value: 'in memory', told: ['storage_failed'] })
    })
  })

  it.each(['encrypted', 'local'] as const)('tokens in the store %s are every tab’s', async (store) => {
    const other = await page.newPage()
    await other.goto(`${origin}/`)
    await put(page, store, 'a refresh token')
    expect(await read(other, store)).toEqual({ value: 'a refresh token', told: [] })
    await other.close()
  })

  it('tokens in the store session are this tab’s only', async () => {
    const other = await page.newPage()
    await other.goto(`${origin}/`)
    await put(page, 'session', 'a refresh token')
    expect(await read(other, 'session')).toEqual({ told: [] })
    await other.close()
  })

  it('L04: a tab that was opened with a copy of sessionStorage begins with nothing', async () => {
    await put(page, 'session', 'a refresh token')
    const copy = await page.openedBy(() => page.click('#copy'))
    const copied = await copy.evaluate(() => Object.values({ ...sessionStorage }).join())
    expect(copied).toContain('a refresh token')
    expect(await read(copy, 'session')).toEqual({ told: [] })
    expect(await copy.evaluate(() => Object.values({ ...sessionStorage }).join())).not.toContain(
      'a refresh token',
    )
    await put(copy, 'session', 'another refresh token')
    await copy.reload()
    expect(await read(copy, 'session')).toEqual({ value: 'another refresh token', told: [] })
    expect(await read(page, 'session')).toEqual({ value: 'a refresh token', told: [] })
    await copy.close()
  })

  it('S02: where sessionStorage is full, the tokens are in memory', async () => {
    await page.evaluate(() => {
      for (let size = 2 ** 20; size >= 1; size /= 2) {
        try {
          for (let index = 0; ; index += 1) sessionStorage.setItem(`other ${size} ${index}`, 'x'.repeat(size))
        } catch {
          // Full, to within this size.
        }
      }
    })
    await put(page, 'session', 'a refresh token')
    expect(await read(page, 'session')).toEqual({ value: 'a refresh token', told: ['storage_full'] })
  })

  it('S01: a dump of the database shows nothing of an encrypted token, and its key cannot be exported', async () => {
    await put(page, 'encrypted', 'a refresh token')
    const { text, fault } = await page.evaluate(async (place) => {
      const { value } = await rig.raw.get(place)
      const fault = await crypto.subtle.exportKey('raw', value.key).catch((error: Error) => error.name)
      return { text: new TextDecoder('latin1').decode(value.data) + JSON.stringify(value), fault }
    }, place)
    expect(text).not.toContain('refresh')
    expect(fault).toBe('InvalidAccessError')
  })

  const damages: Record<string, (place: string) => Promise<void>> = {
    'S04: an entry that is cut off': async (place) => {
      const entry = await rig.raw.get(place)
      await rig.raw.set(place, { ...entry, value: { ...entry.value, data: entry.value.data.slice(1) } })
    },
    'S04: an entry that is a text': (place) => rig.raw.set(place, '{"schema":1,"ver'),
    'S05: an entry that was edited': async (place) => {
      const entry = await rig.raw.get(place)
      const bytes = new Uint8Array(entry.value.data)
      bytes[0] = (bytes[0] ?? 0) ^ 1
      await rig.raw.set(place, { ...entry, value: { ...entry.value, data: bytes.buffer } })
    },
    'S05: an entry of another client': async (place) => {
      await rig.encrypted.vault.put('concierge:tokens:other@https://id.example.com', 'another refresh token')
      await rig.raw.set(place, await rig.raw.get('concierge:tokens:other@https://id.example.com'))
    },
    'S09: an entry without its key': async (place) => {
      const entry = await rig.raw.get(place)
      await rig.raw.set(place, { ...entry, value: { iv: entry.value.iv, data: entry.value.data } })
    },
    'S10: an older ciphertext put back': async (place) => {
      const { value: older } = await rig.raw.get(place)
      await rig.encrypted.vault.put(place, 'the next refresh token')
      const entry = await rig.raw.get(place)
      await rig.raw.set(place, { ...entry, value: { ...entry.value, iv: older.iv, data: older.data } })
    },
  }

  it.each(Object.entries(damages))('%s counts as absent and is removed', async (_, damage) => {
    await put(page, 'encrypted', 'a refresh token')
    await page.evaluate(damage, place)
    await page.reload()
    expect(await read(page, 'encrypted')).toEqual({ told: [] })
    expect(await page.evaluate(() => rig.raw.keys())).not.toContain(place)
  })

  it('S08: what the browser evicted while the page was open is gone, and the store goes on', async () => {
    await put(page, 'encrypted', 'a refresh token')
    await page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const deletion = indexedDB.deleteDatabase('concierge')
          deletion.addEventListener('success', () => resolve())
          deletion.addEventListener('blocked', () => reject(new Error('blocked')))
        }),
    )
    expect(await read(page, 'encrypted')).toEqual({ told: [] })
    await put(page, 'encrypted', 'another refresh token')
    expect(await read(page, 'encrypted')).toEqual({ value: 'another refresh token', told: [] })
  })

  it('S06: another tab’s later release may upgrade the database, and this one goes on', async () => {
    await put(page, 'local', 'a refresh token')
    const other = await page.newPage()
    await other.goto(`${origin}/`)
    await other.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const upgrade = indexedDB.open('concierge', 2)
          upgrade.addEventListener('upgradeneeded', () => upgrade.result.createObjectStore('later'))
          upgrade.addEventListener('blocked', () => reject(new Error('blocked')))
          upgrade.addEventListener('success', () => {
            upgrade.result.close()
            resolve()
          })
        }),
    )
    await other.close()
    expect(await read(page, 'local')).toEqual({ value: 'a refresh token', told: [] })
  })

  it('keys are there after a reload, and sign', async () => {
    await page.evaluate(async () => {
      const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
        'sign',
        'verify',
      ])
      await rig.keys.put('dpop', pair)
    })
    await page.reload()
    const isVerified = await page.evaluate(async () => {
      const pair = await rig.keys.get('dpop')
      if (!pair) return undefined
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
      const data = new TextEncoder().encode('a proof')
      const signature = await crypto.subtle.sign(algorithm, pair.privateKey, data)
      return crypto.subtle.verify(algorithm, pair.publicKey, signature, data)
    })
    expect(isVerified).toBe(true)
  })

  it('four tabs that count in one entry under one lock lose nothing', async () => {
    const tabs = [page, await page.newPage(), await page.newPage(), await page.newPage()]
    for (const tab of tabs.slice(1)) await tab.goto(`${origin}/`)
    const times = 60
    await Promise.all(tabs.map((tab) => tab.evaluate((times) => rig.count(times), times)))
    expect(await page.evaluate(async () => (await rig.local.vault.get('count'))?.value)).toBe(4 * times)
    for (const tab of tabs.slice(1)) await tab.close()
  })
})

type StoreName = 'session' | 'encrypted' | 'local'

async function put(page: RigPage, store: StoreName, value: string): Promise<void> {
  await page.evaluate(async ({ store, place, value }) => void (await rig[store].vault.put(place, value)), {
    store,
    place,
    value,
  })
}

/** What the store has, and what the application was told about it. */
function read(page: RigPage, store: StoreName): Promise<{ value?: unknown; told: string[] }> {
  return page.evaluate(
    async ({ store, place }) => {
      const stored = await rig[store].vault.get(place)
      return { ...(stored && { value: stored.value }), told: rig[store].told }
    },
    { store, place },
  )
}

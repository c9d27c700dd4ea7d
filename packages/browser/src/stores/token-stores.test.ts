import { createRelyingParty, type RelyingParty, type StorageError } from '@oauth-concierge/core'
import {
  createManualClock,
  createScriptedHttp,
  json,
  keyValueStoreCases,
  type ManualClock,
  type ScriptedHttp,
} from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStorageArea, entriesOf } from '../storage-area.test-support.ts'
import { encryptedTokens } from './encrypted-tokens.ts'
import {
  blockedIndexedDb,
  fillUp,
  hangingIndexedDb,
  mangleKeys,
  type RawDatabase,
  refuseKeys,
  stubIndexedDb,
} from './fake-database.test-support.ts'
import { memoryTokens } from './memory-tokens.ts'
import { sessionTokens } from './session-tokens.ts'
import type { TokenStore } from './token-store.ts'
import { unsafeLocalTokens } from './unsafe-local-tokens.ts'

const issuer = 'https://id.example.com'
const place = `concierge:tokens:spa@${issuer}`

let raw: RawDatabase
let page: EventTarget
let hangs: boolean
let clock: ManualClock
let network: ScriptedHttp
let refreshes: string[]
let onDegraded: ReturnType<typeof vi.fn<(reason: StorageError) => void>>

beforeEach(() => {
  raw = stubIndexedDb()
  clock = createManualClock()
  network = createScriptedHttp()
  refreshes = []
  hangs = false
  onDegraded = vi.fn<(reason: StorageError) => void>()
  stubPage()
  serve()
})

afterEach(() => {
  page.dispatchEvent(new Event('pagehide'))
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

function stubPage(): void {
  page = Object.assign(new EventTarget(), { sessionStorage: createStorageArea() })
  vi.stubGlobal('window', page)
}

/** A server with strict rotation: `rt-1` gives `rt-2`, and so on; only the last one serves. */
function serve(): void {
  let latest = 1
  network.on(`${issuer}/.well-known/openid-configuration`, () =>
    json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }),
  )
  network.on(`${issuer}/token`, ({ body }) => {
    const refreshToken = new URLSearchParams(body).get('refresh_token') ?? ''
    refreshes.push(refreshToken)
    if (refreshToken !== `rt-${latest}`) return json({ error: 'invalid_grant' }, { status: 400 })
    latest += 1
    return json({
      access_token: `at-${latest}`,
      refresh_token: `rt-${latest}`,
      token_type: 'Bearer',
      expires_in: 60,
    })
  })
}

/** A page that the user has opened, with its tokens in `store`. */
async function openPage(store: TokenStore): Promise<RelyingParty> {
  const runtime = { clock, http: network.http }
  const vault = store.vault({ runtime, onDegraded })
  const page = createRelyingParty({ issuer, clientId: 'spa', transactions: vault, vault, runtime })
  const restored = page.restore()
  if (hangs) {
    for (let turn = 0; turn < 3; turn += 1) await clock.advance(1)
  }
  await restored
  return page
}

const logIn = (page: RelyingParty): Promise<void> =>
  page.beginSession({
    accessToken: 'at-1',
    refreshToken: 'rt-1',
    tokenType: 'bearer',
    expiresIn: 60,
    scope: undefined,
    idToken: undefined,
    claims: undefined,
  })

const stores = [memoryTokens(), sessionTokens(), encryptedTokens(), unsafeLocalTokens()]
const lasting = [encryptedTokens(), unsafeLocalTokens()]

describe.each(stores)('tokens in the store $name', (store) => {
  it.each(keyValueStoreCases(async () => store.vault({})))('are kept by one that $name', ({ run }) => run())

  it('touch no storage before they are there', () => {
    vi.stubGlobal('window', undefined)
    vi.stubGlobal('indexedDB', undefined)
    expect(() => store.vault({})).not.toThrow()
  })

  it('are renewed, and nobody is warned', async () => {
    const page = await openPage(store)
    await logIn(page)
    await clock.advance(61)
    expect(await page.getAccessToken()).toBe('at-2')
    expect(onDegraded).not.toHaveBeenCalled()
  })

  it('are gone after a logout', async () => {
    const page = await openPage(store)
    await logIn(page)
    await page.endSession()
    expect(page.session.status).toBe('anonymous')
    expect((await raw.entries()).concat(entriesOf(window.sessionStorage) as never).join()).not.toMatch(
      /[ar]t-1/,
    )
  })
})

describe('after a reload', () => {
  it.each(lasting)('the session in the store $name goes on, in another tab as well', async (store) => {
    await logIn(await openPage(store))
    const other = await openPage(store)
    expect(other.session.status).toBe('authenticated')
    expect(await other.getAccessToken()).toBe('at-1')
  })

  it('the session in the store session goes on', async () => {
    await logIn(await openPage(sessionTokens()))
    window.dispatchEvent(new Event('pagehide'))
    expect((await openPage(sessionTokens())).session.status).toBe('authenticated')
  })

  it('the session in the store memory is over', async () => {
    await logIn(await openPage(memoryTokens()))
    expect((await openPage(memoryTokens())).session.status).toBe('anonymous')
  })
})

it('S11: a logout of one application leaves the other on the same origin logged in', async () => {
  const vault = encryptedTokens().vault({})
  const open = (clientId: string): RelyingParty =>
    createRelyingParty({
      issuer,
      clientId,
      transactions: vault,
      vault,
      runtime: { clock, http: network.http },
    })
  await logIn(open('spa'))
  await logIn(open('other'))
  await open('spa').endSession()
  expect((await open('spa').restore()).status).toBe('anonymous')
  expect((await open('other').restore()).status).toBe('authenticated')
})

describe('a login is finished in memory, and the reason told once, where', () => {
  const faults: readonly (readonly [string, TokenStore, () => void, StorageError['code']])[] = [
    [
      'S03: IndexedDB is blocked',
      encryptedTokens(),
      () => stubIndexedDb(blockedIndexedDb()),
      'storage_failed',
    ],
    ['S03: IndexedDB hangs', encryptedTokens(), hangUp, 'storage_failed'],
    [
      'S03: there is no IndexedDB',
      unsafeLocalTokens(),
      () => vi.stubGlobal('indexedDB', undefined),
      'storage_failed',
    ],
    ['S02: IndexedDB is full', encryptedTokens(), fillUp, 'storage_full'],
    ['S02: IndexedDB is full of plain tokens', unsafeLocalTokens(), fillUp, 'storage_full'],
    ['no CryptoKey can be cloned', encryptedTokens(), refuseKeys, 'key_not_kept'],
    ['a CryptoKey comes back as something else', encryptedTokens(), mangleKeys, 'key_not_kept'],
    ['S03: sessionStorage is blocked', sessionTokens(), blockSessionStorage, 'storage_failed'],
    ['S02: sessionStorage is full', sessionTokens(), fillSessionStorage, 'storage_full'],
    ['there are no Web Locks', sessionTokens(), () => vi.stubGlobal('navigator', {}), 'storage_failed'],
  ]

  it.each(faults)('%s', async (_, store, spoil, code) => {
    spoil()
    const page = await openPage(store)
    await logIn(page)
    expect(page.session.status).toBe('authenticated')
    await clock.advance(61)
    expect(await page.getAccessToken()).toBe('at-2')
    await clock.advance(61)
    expect(await page.getAccessToken()).toBe('at-3')
    expect(onDegraded.mock.calls.map(([reason]) => reason.code)).toEqual([code])
    expect(JSON.stringify([onDegraded.mock.calls, String(onDegraded.mock.calls[0])])).not.toMatch(/[ar]t-\d/)
  })
})

describe('S02: a store that becomes full', () => {
  it('R07: lets go of the refresh token that is spent, and the session goes on in memory', async () => {
    const page = await openPage(encryptedTokens())
    await logIn(page)
    fillUp()
    await clock.advance(61)
    expect(await page.getAccessToken()).toBe('at-2')
    expect(await raw.entries()).toEqual([])
    await clock.advance(61)
    expect(await page.getAccessToken()).toBe('at-3')
    expect(refreshes).toEqual(['rt-1', 'rt-2'])
  })
})

it('S10: a whole entry that is put back leads to one clean new login', async () => {
  const store = encryptedTokens()
  const page = await openPage(store)
  await logIn(page)
  const before = await raw.get(place)
  await clock.advance(61)
  await page.getAccessToken()
  await raw.set(place, before)
  const restored = await openPage(store)
  await expect(restored.getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
  await expect(restored.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
  expect(refreshes).toEqual(['rt-1', 'rt-1'])
  expect(await raw.entries()).toEqual([])
  expect((await openPage(store)).session.status).toBe('anonymous')
})

it('S08: a session that the browser has evicted is over, and nothing is asked of the server', async () => {
  const store = encryptedTokens()
  await logIn(await openPage(store))
  raw = stubIndexedDb()
  const page = await openPage(store)
  expect(page.session.status).toBe('anonymous')
  await expect(page.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
  expect(refreshes).toEqual([])
})

function hangUp(): void {
  stubIndexedDb(hangingIndexedDb())
  hangs = true
}

function blockSessionStorage(): void {
  Object.defineProperty(window, 'sessionStorage', {
    get: () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    },
  })
}

function fillSessionStorage(): void {
  const { setItem } = window.sessionStorage
  window.sessionStorage.setItem = (key, value) => {
    if (value.includes('at-')) throw new DOMException('full', 'QuotaExceededError')
    setItem(key, value)
  }
}

import { encryptedCookie, memory, type SessionStore } from '@oauth-concierge/bff'
import { StorageError } from '@oauth-concierge/core'
import type { FaultName } from '@oauth-concierge/reference-server'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Browser } from './browser.ts'
import { bob, createReferenceRig, type ReferenceRig } from './reference-rig.ts'

const keys = [`${'k'.repeat(42)}A`]
const stores = [
  { kind: 'memory', open: () => memory() },
  { kind: 'encrypted cookies', open: () => encryptedCookie({ keys }) },
]

/** A store that cannot end sessions by index, once. */
function failingOnce(store: SessionStore): { readonly store: SessionStore; fail(): void } {
  let fails = false
  const deleteAll: SessionStore['deleteAll'] = async (index) => {
    if (!fails) return store.deleteAll(index)
    fails = false
    throw new StorageError('storage_failed', 'On purpose.')
  }
  return { store: { ...store, deleteAll }, fail: () => void (fails = true) }
}

describe.each(stores)('a back-channel logout of sessions in $kind', ({ open }) => {
  let rig: ReferenceRig
  let browser: Browser

  beforeEach(async () => {
    rig = createReferenceRig({ sessions: open(), idTokenAlgorithms: ['ES256'] })
    browser = rig.newBrowser()
    await rig.logIn(browser)
  })

  const statusOf = async (who: Browser): Promise<string> =>
    (await (await who.fetch('/auth/session')).json()).status
  const logOutAtServer = async (username = 'ada'): Promise<void> => {
    rig.server.revokeSession({ username })
    await rig.server.settled()
  }
  const answers = (): readonly (number | undefined)[] =>
    rig.server.ledger.events.filter(({ type }) => type === 'backchannel_logout').map(({ status }) => status)

  it('ends every session that the token is about, and no other', async () => {
    const [second, other] = [rig.newBrowser(), rig.newBrowser()]
    await rig.logIn(second)
    await rig.logIn(other, '/auth/login', bob)
    await logOutAtServer()
    expect(new Set(answers())).toEqual(new Set([200]))
    expect(await Promise.all([browser, second, other].map(statusOf))).toEqual([
      'anonymous',
      'anonymous',
      'authenticated',
    ])
  })

  const forgeries: readonly FaultName[] = [
    'logout_token.alg_none',
    'logout_token.wrong_alg',
    'logout_token.wrong_issuer',
    'logout_token.wrong_audience',
    'logout_token.wrong_event',
    'logout_token.missing_event',
    'logout_token.with_nonce',
  ]
  it.each(forgeries)('B14: is refused with %s', async (fault) => {
    rig.server.faults.on(fault)
    await logOutAtServer()
    expect(answers()).toEqual([400])
    expect(rig.errors.map(({ code }) => code)).toEqual(['logout_token_invalid'])
    expect(await statusOf(browser)).toBe('authenticated')
  })

  it.each(['logout_token.typ_id_token', 'logout_token.lives_for_a_day'] as const)(
    'B15: is refused with %s',
    async (fault) => {
      rig.server.faults.on(fault)
      await logOutAtServer()
      expect(answers()).toEqual([400])
      expect(await statusOf(browser)).toBe('authenticated')
    },
  )

  it('B15: ends nothing where sid and sub do not go together', async () => {
    const other = rig.newBrowser()
    await rig.logIn(other, '/auth/login', bob)
    rig.server.faults.on('logout_token.other_sid', { value: 'sid-of-nobody' })
    await logOutAtServer('bob')
    expect(await Promise.all([browser, other].map(statusOf))).toEqual(['authenticated', 'authenticated'])
  })

  it('B15: takes a token once', async () => {
    rig.server.faults.on('logout_token.replayed')
    await logOutAtServer()
    const statuses = rig.errors.map(({ code }) => code)
    expect(statuses).toEqual(['logout_token_invalid'])
    expect(await statusOf(browser)).toBe('anonymous')
  })

  it('is made again where the store could not do it the first time', async () => {
    const { store, fail } = failingOnce(open())
    rig = createReferenceRig({ sessions: store, idTokenAlgorithms: ['ES256'] })
    browser = rig.newBrowser()
    await rig.logIn(browser)
    rig.server.faults.on('logout_token.replayed')
    fail()
    await logOutAtServer()
    expect(rig.errors.map(({ code }) => code)).toEqual(['storage_failed'])
    expect(await statusOf(browser)).toBe('anonymous')
  })

  it.each([
    ['no form', { 'content-type': 'application/json' }, '{"logout_token":"x"}'],
    ['no token', { 'content-type': 'application/x-www-form-urlencoded' }, 'token=x'],
    ['two tokens', { 'content-type': 'application/x-www-form-urlencoded' }, 'logout_token=x&logout_token=y'],
    ['no JWT', { 'content-type': 'application/x-www-form-urlencoded' }, 'logout_token=x'],
    ['an empty token', { 'content-type': 'application/x-www-form-urlencoded' }, 'logout_token='],
    [
      'a header that is none',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'logout_token=bnVsbA.e30.x',
    ],
    [
      'too much',
      { 'content-type': 'application/x-www-form-urlencoded' },
      `logout_token=${'x'.repeat(70_000)}`,
    ],
  ])('B14: is refused with %s', async (_, headers, body) => {
    const request = new Request('https://app.example/auth/backchannel-logout', {
      method: 'POST',
      headers,
      body,
    })
    expect((await rig.bff.fetch(request)).status).toBe(400)
    expect(await statusOf(browser)).toBe('authenticated')
  })
})

import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { sessionStoreCases } from '../testing/session-store-suite.ts'
import { encryptedCookie } from './encrypted-cookie.ts'
import type { Sealing, SessionStore } from './session-store.ts'

const secret = (letter: string): string => letter.repeat(43).replace(/.$/, 'A')
const keys = [secret('x')]

let clock: ManualClock

beforeEach(() => {
  clock = createManualClock()
})

type CookieStore = SessionStore & { readonly sealing: Sealing }

/** A store as a new process has it. */
function open(secrets: readonly string[] = keys): CookieStore {
  return encryptedCookie({ keys: secrets, runtime: { clock } }) as CookieStore
}

async function sealed(
  store: CookieStore,
  key = 'session:a',
  indexes: readonly string[] = [],
): Promise<string> {
  await store.write(key, { of: key }, { expiresAt: clock.wallTime() / 1000 + 60, indexes })
  return (await store.sealing.seal(key)) ?? ''
}

describe('sessions in encrypted cookies, while they are in use', () => {
  it.each(sessionStoreCases(async () => encryptedCookie({ keys })))('$name', ({ run }) => run())
})

describe('a session in an encrypted cookie', () => {
  it('outlives the process', async () => {
    const cookie = await sealed(open())
    const store = open()
    expect(await store.sealing.open('session', cookie)).toMatchObject({ key: 'session:a' })
    expect((await store.read('session:a'))?.value).toEqual({ of: 'session:a' })
  })

  it('shows nothing of what it holds', async () => {
    expect(atob((await sealed(open())).replace(/-/g, '+').replace(/_/g, '/'))).not.toContain('session:a')
  })

  it('B13: is over when its time is, whatever the browser still sends', async () => {
    const cookie = await sealed(open())
    await clock.advance(60)
    expect(await open().sealing.open('session', cookie)).toBeUndefined()
  })

  it('B13: is over when it was ended here', async () => {
    const store = open()
    const cookie = await sealed(store)
    await store.delete('session:a')
    expect(await store.sealing.open('session', cookie)).toBeUndefined()
  })

  it('is over when it was ended by its index, even if this process has not seen it before', async () => {
    const cookie = await sealed(open(), 'session:a', ['sub ada'])
    const store = open()
    await store.deleteAll('sub ada')
    expect(await store.sealing.open('session', cookie)).toBeUndefined()
    await clock.advance(1)
    const next = await sealed(store, 'session:b', ['sub ada'])
    expect(await store.sealing.open('session', next)).toMatchObject({ key: 'session:b' })
  })

  it('B06: is not made of a transaction, nor of what another key made', async () => {
    const store = open()
    expect(await store.sealing.open('session', await sealed(store, 'login:a'))).toBeUndefined()
    expect(await store.sealing.open('session', await sealed(open([secret('y')])))).toBeUndefined()
  })

  it('is not taken back to an earlier state while a later one is at hand', async () => {
    const store = open()
    const earlier = await sealed(store)
    await store.write('session:a', 'later', { expiresAt: clock.wallTime() / 1000 + 60 })
    const opened = await store.sealing.open('session', earlier)
    expect(opened?.version).not.toBe((await store.look('session:a'))?.version)
    expect((await store.read('session:a'))?.value).toBe('later')
  })

  it('is not made of one that was changed anywhere', async () => {
    const store = open()
    const cookie = await sealed(store)
    for (let at = 0; at < cookie.length; at += 7) {
      const changed = `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`
      expect(await open().sealing.open('session', changed)).toBeUndefined()
    }
    expect(await open().sealing.open('session', cookie.slice(0, -8))).toBeUndefined()
  })

  it('S10: has another initialization vector each time', async () => {
    const store = open()
    const vectors = new Set<string>()
    for (let write = 0; write < 500; write += 1) vectors.add((await sealed(store)).slice(7, 23))
    expect(vectors.size).toBe(500)
  })

  it('is read with an old key after a new one was put in front, and written with the new one', async () => {
    const old = await sealed(open([secret('o')]))
    const store = open([secret('n'), secret('o')])
    expect(await store.sealing.open('session', old)).toBeDefined()
    const renewed = await store.sealing.seal('session:a')
    expect(await open([secret('n')]).sealing.open('session', renewed ?? '')).toBeDefined()
    expect(await open([secret('n')]).sealing.open('session', old)).toBeUndefined()
  })

  it.each([[[]], [['short']], [['!'.repeat(43)]], [[new Uint8Array(31)]]])(
    'is not made with the keys %j',
    (bad) => {
      expect(() => encryptedCookie({ keys: bad })).toThrowError(
        expect.objectContaining({ code: 'invalid_configuration' }),
      )
    },
  )
})

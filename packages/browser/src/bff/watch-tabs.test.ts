import { describe, expect, it, vi } from 'vitest'
import { createBffAuth } from './create-bff-auth.ts'
import { ada, createFakeBff } from './fake-bff.test-support.ts'
import { openPage } from './fake-browser.test-support.ts'

const openTab = async () => {
  const page = openPage()
  const bff = createFakeBff()
  const auth = createBffAuth({ runtime: bff })
  await auth.start()
  return { page, bff, auth }
}

/** Lets everything that is under way come to its end. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a tab', () => {
  it('shows a login and a logout in another', async () => {
    const { page, bff, auth } = await openTab()
    bff.session = ada
    page.hear(undefined)
    await settle()
    expect(auth.session.status).toBe('authenticated')
    bff.session = { status: 'anonymous' }
    page.hear(undefined)
    await settle()
    expect(auth.session).toEqual({ status: 'anonymous' })
  })

  it('does not answer news with news', async () => {
    const { page, bff } = await openTab()
    bff.session = ada
    page.hear(undefined)
    await settle()
    expect(page.heard).toEqual([])
  })

  it('asks again when it comes back from the back/forward cache, and not when it is first shown', async () => {
    const { page, bff, auth } = await openTab()
    bff.session = ada
    page.fire('pageshow', { persisted: false, timeStamp: 10 })
    await settle()
    expect(bff.asked()).toBe(1)
    page.fire('pageshow', { persisted: true, timeStamp: 11 })
    await settle()
    expect(auth.session.status).toBe('authenticated')
  })

  it('asks again when the user turns to it, or the network is back, once in 5 seconds', async () => {
    const { page, bff } = await openTab()
    const fireAll = async (...events: readonly [type: string, timeStamp: number][]): Promise<number> => {
      const before = bff.asked()
      for (const [type, timeStamp] of events) {
        page.fire(type, { timeStamp })
        await settle()
      }
      return bff.asked() - before
    }
    expect(await fireAll(['visibilitychange', 1_000], ['online', 2_000], ['visibilitychange', 6_000])).toBe(1)
    expect(await fireAll(['online', 6_001])).toBe(1)
    vi.stubGlobal('document', { hidden: true })
    expect(await fireAll(['visibilitychange', 20_000])).toBe(0)
  })

  it('keeps what it knows where it gets no answer, and says nothing', async () => {
    const { page, bff, auth } = await openTab()
    bff.instead = () => {
      throw new TypeError('Failed to fetch')
    }
    page.fire('online', { timeStamp: 1 })
    await settle()
    expect(bff.asked()).toBe(2)
    expect(auth.session).toEqual({ status: 'anonymous' })
  })

  it('never shows an answer that is older than the one before', async () => {
    const { page, bff, auth } = await openTab()
    const answers: ((response: Response) => void)[] = []
    bff.instead = () => new Promise((resolve) => void answers.push(resolve))
    page.hear(undefined)
    await settle()
    page.hear(undefined)
    page.hear(undefined)
    await settle()
    expect(answers).toHaveLength(1)
    answers[0]?.(Response.json({ ...ada, apis: {} }))
    await settle()
    expect(auth.session.status).toBe('authenticated')
    expect(answers).toHaveLength(2)
    answers[1]?.(Response.json({ status: 'anonymous', apis: {} }))
    await settle()
    expect(answers).toHaveLength(2)
    expect(auth.session).toEqual({ status: 'anonymous' })
  })

  it('works without BroadcastChannel', async () => {
    const page = openPage()
    vi.stubGlobal('BroadcastChannel', undefined)
    const bff = createFakeBff()
    bff.session = ada
    const auth = createBffAuth({ runtime: bff })
    await auth.start()
    bff.session = { status: 'anonymous' }
    await expect(auth.fetch('https://api.example/')).rejects.toMatchObject({ code: 'login_required' })
    expect(auth.session).toEqual({ status: 'anonymous' })
    bff.session = ada
    page.fire('visibilitychange', { timeStamp: 1 })
    await settle()
    expect(auth.session.status).toBe('authenticated')
  })
})

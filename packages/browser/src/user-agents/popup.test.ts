import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeWindow, messageEvent, settle, showPage } from '../fake-page.test-support.ts'
import { relayCallback } from '../relay-callback.ts'
import { openBroadcast } from '../runtime/broadcast.ts'
import { popup, type PopupOptions } from './popup.ts'

const origin = 'https://app.example'
const url = 'https://id.example/authorize?state=s-1'
const answer = 'code=c-1&state=s-1'

let page: ReturnType<typeof showPage>
let clock: ManualClock

beforeEach(() => {
  page = showPage(`${origin}/orders`)
  clock = createManualClock()
})
afterEach(() => vi.unstubAllGlobals())

/** A login that waits in its window. */
const wait = (options: Partial<PopupOptions> = {}, visit: { readonly signal?: AbortSignal } = {}) => {
  const agent = popup({ redirectUri: '/relay.html', ...options })
  const opened = agent.open?.() ?? agent
  const result = opened.authorize(url, { state: 's-1', clock, ...visit })
  const settled = { as: 'open' }
  result.then(
    (parameters) => (settled.as = String(parameters)),
    (error) => (settled.as = error.code ?? error.message),
  )
  return { agent, opened, result, settled, window: page.opened.at(-1) ?? new FakeWindow(origin) }
}

/** What `relayCallback` does in the window: in the page's stead, by the channel. */
const tell = async (message: unknown, state = 's-1'): Promise<void> => {
  openBroadcast(`concierge:answer:${state}`).post(message)
  await settle()
}

/** The window shows a page of another site, which may be cut off from this one. */
const showElsewhere = (window: FakeWindow): void => {
  Object.defineProperty(window, 'document', {
    configurable: true,
    get: () => {
      throw new DOMException('Blocked', 'SecurityError')
    },
  })
}

describe('a login window', () => {
  it('opens before anything is waited for, in the middle of the page, and gets the address later', () => {
    const agent = popup({ redirectUri: '/relay.html' })
    const opened = agent.open?.()
    expect(page.opened).toHaveLength(1)
    expect(page.features).toEqual(['popup,width=480,height=640,left=500,top=150'])
    expect(page.opened[0]?.visited).toEqual([])
    expect(opened?.redirectUri).toBe(`${origin}/relay.html`)
    void opened?.authorize(url, { state: 's-1', clock }).catch(() => undefined)
    expect(page.opened[0]?.visited).toEqual([url])
  })

  it('is cut off from the page, and closed once its answer is there', async () => {
    page.opens = () => Object.assign(new FakeWindow('about:blank'), { opener: page })
    const { result, window } = wait()
    expect(window.opener).toBeNull()
    await tell([`concierge:answer:s-1`, answer])
    expect(String(await result)).toBe(answer)
    expect(window.closed).toBe(true)
  })

  it('keeps its opener inside another site’s page, where it shares no channel', async () => {
    page.top = new FakeWindow('https://portal.example/')
    page.opens = () => Object.assign(new FakeWindow('about:blank'), { opener: page })
    const { result, window } = wait()
    expect(window.opener).toBe(page)
    page.dispatchEvent(messageEvent(['concierge:answer:s-1', answer], window, origin))
    expect(String(await result)).toBe(answer)
    expect(window.posted).toEqual([{ message: 'concierge:answer:s-1', origin }])
  })

  it.each([
    ['another origin', messageEvent(['concierge:answer:s-1', answer], 'the window', 'https://id.example')],
    ['another window', messageEvent(['concierge:answer:s-1', answer], 'another', origin)],
    ['another login', messageEvent(['concierge:answer:s-2', answer], 'the window', origin)],
    ['something else', messageEvent({ 0: 'concierge:answer:s-1', 1: answer }, 'the window', origin)],
    ['no text', messageEvent(['concierge:answer:s-1', { code: 'c-1' }], 'the window', origin)],
  ])('L07: takes no answer from %s', async (_, event) => {
    const { settled, window } = wait()
    const { source } = event as MessageEvent
    if ((source as unknown) === 'the window') Object.assign(event, { source: window })
    page.dispatchEvent(event)
    await tell(['concierge:answer:s-1'])
    await tell('concierge:answer:s-1')
    await settle()
    expect(settled.as).toBe('open')
  })

  it('refuses a page of another origin', () => {
    expect(() => popup({ redirectUri: 'https://elsewhere.example/relay.html' }).open?.()).toThrow(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
    expect(page.opened).toEqual([])
  })

  it('gives way to the next one', async () => {
    const { agent, settled, window } = wait()
    agent.open?.()
    await settle()
    expect(settled.as).toBe('login_dismissed')
    expect(window.closed).toBe(true)
  })

  it('is given up with the reason of its signal', async () => {
    const abort = new AbortController()
    const { settled, window } = wait({}, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await settle()
    expect(settled.as).toBe('enough')
    expect(window.closed).toBe(true)
  })

  it('does nothing on a server before it is opened', () => {
    vi.unstubAllGlobals()
    vi.stubGlobal('window', undefined)
    const agent = popup({ redirectUri: '/relay.html' })
    expect(() => agent.open?.()).toThrow(expect.objectContaining({ code: 'not_in_browser' }))
  })
})

describe('L06: a login window that the browser blocks', () => {
  it.each([
    ['by null', () => null],
    ['by a closed one', () => Object.assign(new FakeWindow('about:blank'), { closed: true })],
  ])('is a code, %s', (_, opens) => {
    page.opens = opens
    expect(() => popup({ redirectUri: '/relay.html' }).open?.()).toThrow(
      expect.objectContaining({ name: 'TransportError', code: 'popup_blocked', retryable: true }),
    )
  })

  it('is a login by redirect, where that was asked for', () => {
    page.opens = () => null
    const opened = popup({ redirectUri: '/relay.html', whenBlocked: 'redirect' }).open?.()
    void opened?.authorize(url, { state: 's-1', clock })
    expect(page.visited).toEqual([url])
    expect(opened?.redirectUri).toBeUndefined()
  })
})

describe('L06: a login window that is closed, or says so', () => {
  const pass = async (seconds: number): Promise<void> => {
    for (let half = 0; half < seconds * 2; half += 1) await clock.advance(0.5)
  }

  it('ends the login within seconds where it was seen at the server and the user is back', async () => {
    const { settled, window } = wait()
    page.document.isFocused = false
    showElsewhere(window)
    await pass(60)
    window.closed = true
    await pass(60)
    expect(settled.as).toBe('open')
    page.document.isFocused = true
    await pass(2)
    expect(settled.as).toBe('login_dismissed')
  })

  it('waits for an answer that is on its way', async () => {
    const { result, window } = wait()
    showElsewhere(window)
    await pass(1)
    window.closed = true
    await pass(0.5)
    await tell(['concierge:answer:s-1', answer])
    expect(String(await result)).toBe(answer)
  })

  it('ends no login while the user is at it, however long it says so, as under a Cross-Origin-Opener-Policy', async () => {
    const { result, settled, window } = wait()
    page.document.isFocused = true
    window.closed = true
    await pass(600)
    expect(settled.as).toBe('open')
    await tell(['concierge:answer:s-1', answer])
    expect(String(await result)).toBe(answer)
  })

  it('ends the login under such a policy once the user came back to the page and stayed', async () => {
    const { settled, window } = wait()
    window.closed = true
    page.dispatchEvent(new Event('blur'))
    await pass(60)
    page.dispatchEvent(new Event('focus'))
    await pass(8)
    page.dispatchEvent(new Event('blur'))
    await pass(60)
    expect(settled.as).toBe('open')
    page.dispatchEvent(new Event('focus'))
    await pass(11)
    expect(settled.as).toBe('login_dismissed')
  })

  it('ends the login at once where the user closed it before it went anywhere', async () => {
    const agent = popup({ redirectUri: '/relay.html' })
    const opened = agent.open?.()
    page.opened[0]?.close()
    await expect(opened?.authorize(url, { state: 's-1', clock })).rejects.toMatchObject({
      name: 'SessionError',
      code: 'login_dismissed',
      sessionSurvives: true,
    })
    expect(page.opened[0]?.visited).toEqual([])
  })
})

describe('the page that hands answers on', () => {
  const relayAt = async (address: string, adjust: (window: FakeWindow) => void = () => undefined) => {
    const window = showPage(address)
    adjust(window)
    const heard: unknown[] = []
    window.postMessage = (message) => void heard.push(message)
    const channel = openBroadcast('concierge:answer:s-1')
    const stop = channel.listen((message) => {
      heard.push(message)
      channel.post((message as string[])[0])
    })
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const taken = relayCallback()
    const during = window.address
    await settle()
    await vi.advanceTimersByTimeAsync(3_000)
    const isTaken = await taken
    vi.useRealTimers()
    stop()
    return { isTaken, window, heard, during }
  }

  it.each([
    ['query', '?code=c-1&state=s-1', '&'],
    ['fragment', '#code=c-1&state=s-1', ''],
    ['signed answer', `?response=h.${btoa(JSON.stringify({ state: 's-1' })).replace(/=+$/, '')}.s`, '&'],
  ])(
    'takes it out of the address first, from the %s, and closes itself once it was taken',
    async (_, place) => {
      const { isTaken, window, heard, during } = await relayAt(`${origin}/relay.html${place}`)
      expect(during).toBe(`${origin}/relay.html`)
      expect(isTaken).toBe(true)
      expect(window.closed).toBe(true)
      expect(new URLSearchParams((heard[0] as string[])[1]).toString()).toBe(
        new URLSearchParams(place.slice(1)).toString(),
      )
    },
  )

  it.each(['', '?code=c-1', '?response=no-jwt', '?response=a.b.c'])(
    'has nothing to hand on in "%s"',
    async (place) => {
      const { isTaken, window, heard } = await relayAt(`${origin}/relay.html${place}`)
      expect({ isTaken, heard, closed: window.closed }).toEqual({ isTaken: false, heard: [], closed: false })
    },
  )

  it('says so where nobody waits for the answer', async () => {
    const { isTaken, window } = await relayAt(`${origin}/relay.html?code=c-1&state=s-9`)
    expect(isTaken).toBe(false)
    expect(window.closed).toBe(false)
  })

  it('tells its opener too, where it has one left, and nobody of another origin', async () => {
    const opener = new FakeWindow(origin)
    await relayAt(`${origin}/relay.html?code=c-1&state=s-1`, (window) => (window.opener = opener))
    expect(opener.posted).toEqual([{ message: ['concierge:answer:s-1', 'code=c-1&state=s-1&'], origin }])
  })
})

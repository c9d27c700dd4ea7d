import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FakeFrame, messageEvent, settle, showPage } from '../fake-page.test-support.ts'
import { iframe, type IframeOptions } from './iframe.ts'

const origin = 'https://app.example'
const url = 'https://id.app.example/authorize?prompt=none&state=s-1'
const answer = 'code=c-1&state=s-1'

let page: ReturnType<typeof showPage>
let clock: ManualClock

beforeEach(() => {
  page = showPage(`${origin}/orders`)
  clock = createManualClock()
})
afterEach(() => vi.unstubAllGlobals())

const visit = (options: Partial<IframeOptions> = {}, at = url, signal?: AbortSignal) => {
  const agent = iframe({ redirectUri: '/relay.html', ...options })
  const result = agent.authorize(at, { state: 's-1', clock, signal })
  result.catch(() => undefined)
  return { agent, result, frame: page.document.frames.at(-1) as FakeFrame }
}

const violation = (effectiveDirective: string, blockedURI: string): Event =>
  Object.assign(new Event('securitypolicyviolation'), { effectiveDirective, blockedURI })

describe('L08: a silent login', () => {
  it('asks for no page, in a hidden frame that cannot take the page away, and leaves none behind', async () => {
    const { agent, result, frame } = visit()
    expect(agent.prompt).toBe('none')
    expect(agent.redirectUri).toBe(`${origin}/relay.html`)
    expect(frame).toMatchObject({ src: url, hidden: true })
    expect(frame.attributes['sandbox']).toBe('allow-scripts allow-same-origin')
    page.dispatchEvent(messageEvent(['concierge:answer:s-1', answer], frame.contentWindow, origin))
    expect(String(await result)).toBe(answer)
    expect(frame.isRemoved).toBe(true)
  })

  it.each([
    ['https://app.example', `${origin}/authorize`],
    ['a part of the page’s host', 'https://id.app.example/authorize'],
    ['the host that the page’s is a part of', 'https://example/authorize'],
    ['the same host at another port', 'https://app.example:8443/authorize'],
  ])('is made at %s without a word', async (_, at) => {
    const { frame } = visit({}, at)
    expect(frame.src).toBe(at)
  })

  it.each([
    ['another host', 'https://id.example/authorize'],
    ['a host that only ends alike', 'https://evilapp.example/authorize'],
    ['the same host over plain http', 'http://app.example/authorize'],
  ])('is made at %s only where that is declared to be the same site', async (_, at) => {
    await expect(visit({}, at).result).rejects.toMatchObject({
      name: 'UsageError',
      code: 'frame_not_possible',
    })
    expect(page.document.frames).toEqual([])
    expect(visit({ sameSite: true }, at).frame.src).toBe(at)
  })

  it.each([
    ['the headers of the server, where the frame shows nothing of this origin', null, 'X-Frame-Options'],
    ['the relay page, where that is what the frame shows', {}, '/relay.html handed nothing on'],
  ])('ends in time, and names %s', async (_, contentDocument, words) => {
    const { result, frame } = visit({ timeout: 4_000 })
    frame.contentDocument = contentDocument
    await clock.advance(4)
    await expect(result).rejects.toMatchObject({ code: 'timed_out', message: expect.stringContaining(words) })
    expect(frame.isRemoved).toBe(true)
  })

  it.each([`https://id.app.example/authorize`, origin])(
    'ends at once where the page’s policy forbids %s',
    async (blocked) => {
      const { result } = visit()
      page.document.dispatchEvent(violation('img-src', blocked))
      page.document.dispatchEvent(violation('frame-src', 'https://ads.example/'))
      page.document.dispatchEvent(violation('frame-src', blocked))
      await expect(result).rejects.toMatchObject({
        code: 'frame_not_possible',
        message: expect.stringContaining("frame-src 'self' https://id.app.example"),
      })
    },
  )

  it('is given up with the reason of its signal', async () => {
    const abort = new AbortController()
    const { result, frame } = visit({}, url, abort.signal)
    abort.abort(new Error('enough'))
    await expect(result).rejects.toThrow('enough')
    expect(frame.isRemoved).toBe(true)
  })

  it('hears nobody after its end', async () => {
    const { result, frame } = visit({ timeout: 1_000 })
    await clock.advance(1)
    await expect(result).rejects.toMatchObject({ code: 'timed_out' })
    page.dispatchEvent(messageEvent(['concierge:answer:s-1', answer], frame.contentWindow, origin))
    await settle()
    expect(frame.contentWindow.posted).toEqual([])
  })
})

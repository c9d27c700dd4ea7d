import { jwtResponse } from '@oauth-concierge/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { ada, contractBff } from '../servers/contract-server.ts'
import { browse } from '../servers/headless-browser.ts'
import type { Browser } from './browser.ts'
import { createReferenceRig, type ReferenceRig } from './reference-rig.ts'

const origin = 'https://app.example'
const modes = [
  { mode: 'form_post', options: { login: { extraParameters: { response_mode: 'form_post' } } } },
  { mode: 'form_post.jwt', options: { authorization: [jwtResponse({ mode: 'form_post.jwt' })] } },
]

/** A form of another site's page, as a browser sends it. */
function post(rig: ReferenceRig, browser: Browser, init: RequestInit = {}): Promise<Response> {
  const headers = {
    cookie: browser.cookieHeader('cross-site').replace(/\S*-login-\S*/g, ''),
    origin: 'https://id.example',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    ...(init.headers as Record<string, string>),
  }
  return rig.bff.fetch(new Request(`${origin}/auth/callback`, { method: 'POST', ...init, headers }))
}

const fieldsOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
    ]),
  )

describe.each(modes)('a login whose answer comes by $mode', ({ options }) => {
  let rig: ReferenceRig
  let browser: Browser
  let form: URLSearchParams

  beforeEach(async () => {
    rig = createReferenceRig(options)
    browser = rig.newBrowser()
    const started = await browser.navigate('/auth/login?return_to=/orders')
    const http = (url: string, init: RequestInit): Promise<Response> =>
      rig.server.fetch(new Request(url, init))
    const arrival = await browse(
      http,
      started.headers.get('location') ?? '',
      { ...ada, consent: 'allow' },
      contractBff.redirectUri,
    )
    form = arrival.form ?? new URLSearchParams()
  })

  it('is finished, by a form of our own that brings the Lax cookie along', async () => {
    const given = await post(rig, browser, { body: form })
    const html = await given.text()
    expect([given.status, given.headers.getSetCookie()]).toEqual([200, []])
    expect(given.headers.get('content-security-policy')).toContain("form-action 'self'")
    expect(html).toContain('action="/auth/callback?again"')
    expect(fieldsOf(html)).toEqual(Object.fromEntries(form))
    const answer = await browser.submit('/auth/callback?again', fieldsOf(html))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orders'])
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ claims: { sub: 'ada' } })
    expect([...browser.cookies.keys()]).toEqual(['__Host-concierge'])
  })

  it('A02: is not finished in another browser, and asks it for the form once', async () => {
    const victim = rig.newBrowser()
    const given = await post(rig, victim, { body: form })
    const refused = await victim.submit('/auth/callback?again', fieldsOf(await given.text()))
    expect([refused.status, (await refused.text()).includes('callback_state_unknown')]).toEqual([400, true])
    expect(victim.cookies.size).toBe(0)
  })

  it.each([
    ['a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['a frame', { 'sec-fetch-dest': 'iframe' }],
  ])('is not taken from %s', async (_, headers) => {
    expect((await post(rig, browser, { body: form, headers })).status).toBe(403)
  })

  it.each([
    ['another media type', { body: '{}', headers: { 'content-type': 'application/json' } }],
    ['too much', { body: new URLSearchParams({ code: 'x'.repeat(70_000) }) }],
  ])('is not taken with %s', async (_, init) => {
    expect((await post(rig, browser, init)).status).toBe(400)
  })

  it('is given back as it came, so that what comes twice is refused', async () => {
    form.append('code', 'another')
    form.append('response', 'another')
    const html = await (await post(rig, browser, { body: form })).text()
    expect(html.match(/value="another"/g)).toHaveLength(2)
    const again = { method: 'POST', body: form, headers: { cookie: browser.cookieHeader('same-origin') } }
    const refused = await rig.bff.fetch(new Request(`${origin}/auth/callback?again`, again))
    expect([refused.status, rig.tokenRequests.length]).toEqual([400, 0])
  })

  it('says nothing on its page that was not text', async () => {
    const body = new URLSearchParams({ state: '"><script>alert(1)</script>', code: '<b>' })
    const html = await (await post(rig, browser, { body })).text()
    expect([html.includes('<script>alert'), html.includes('<b>')]).toEqual([false, false])
  })
})

describe('a login whose answer is a signed one in the query', () => {
  it('is finished', async () => {
    const rig = createReferenceRig({ authorization: [jwtResponse()] })
    const browser = rig.newBrowser()
    const answer = await rig.logIn(browser)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orders'])
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ claims: { sub: 'ada' } })
  })

  it.each(['', 'x', 'a.b.c', `${btoa('{}')}.${btoa('null')}.x`, `${btoa('{}')}.${btoa('{"state":1}')}.x`])(
    'is refused where that is none: %s',
    async (response) => {
      const rig = createReferenceRig({ authorization: [jwtResponse()] })
      const path = `/auth/callback?${new URLSearchParams({ response })}`
      expect((await rig.newBrowser().navigate(path, { from: 'cross-site' })).status).toBe(400)
    },
  )
})

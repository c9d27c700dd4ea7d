import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Browser, createBrowser } from '../browser.ts'
import { createReferenceRig, type ReferenceRig } from '../reference-rig.ts'
import { type Mounted, mounts } from './mounts.ts'
import { overHttp } from './over-http.ts'

let api: Server
let upstream: string

beforeAll(async () => {
  api = createServer((request, response) => {
    const { method = '', url = '' } = request
    response.writeHead(201, { 'content-type': 'text/plain', 'x-seen': `${method} ${url}` })
    request.pipe(response)
  })
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  upstream = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
})
afterAll(() => {
  api.close()
  api.closeAllConnections()
})

describe.each(Object.entries(mounts))('a BFF inside %s', (_, mount) => {
  let rig: ReferenceRig
  let mounted: Mounted
  let browser: Browser

  beforeEach(async () => {
    rig = createReferenceRig({
      apis: { orders: { upstream: `${upstream}/v1` } },
      runtime: {
        http: (url, init) =>
          url.startsWith(upstream) ? fetch(url, init) : rig.server.fetch(new Request(url, init)),
      },
    })
    mounted = await mount(rig.bff)
    browser = createBrowser(overHttp(mounted.port))
  })
  afterEach(() => mounted.close())

  it('takes a user through a whole session', async () => {
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ status: 'anonymous' })
    const answer = await rig.logIn(browser)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orders'])
    expect([...browser.cookies.keys()]).toEqual(['__Host-concierge'])
    const shown = await (await browser.fetch('/auth/session')).json()
    expect(shown).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })

    const called = await browser.fetch('/auth/api/orders/a%20b?x=1', {
      method: 'POST',
      body: '{"item":"tea"}',
      headers: { 'content-type': 'application/json' },
    })
    expect([called.status, called.headers.get('x-seen')]).toEqual([201, 'POST /v1/a%20b?x=1'])
    expect(await called.text()).toBe('{"item":"tea"}')
    expect(called.headers.get('cache-control')).toBe('no-store')

    const left = await browser.submit('/auth/logout', { nonce: shown.logout })
    expect([left.status, (await left.text()).includes('id_token_hint')]).toEqual([200, true])
    expect(browser.cookies.has('__Host-concierge')).toBe(false)
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ status: 'anonymous' })
  })

  it('carries a long body through', async () => {
    await rig.logIn(browser)
    const body = 'x'.repeat(300_000)
    const called = await browser.fetch('/auth/api/orders', { method: 'PUT', body })
    expect([called.status, (await called.text()) === body]).toEqual([201, true])
  })

  it('refuses there what it refuses anywhere', async () => {
    await rig.logIn(browser)
    const statuses = [
      await browser.fetch('/auth/api/orders', { headers: { 'x-concierge': '0' } }),
      await browser.fetch('/auth/api/orders/a%2f..%2fadmin'),
      await browser.fetch('/auth/api/unknown'),
      await browser.fetch('/auth/unknown'),
      await browser.navigate('/auth/logout'),
    ].map(({ status }) => status)
    expect(statuses).toEqual([403, 400, 404, 404, 405])
  })

  it('leaves the rest to the application, with its bodies', async () => {
    expect(await (await browser.navigate('/')).text()).toBe('application')
    const headers = { 'content-type': 'application/json' }
    const own = await browser.fetch('/own', { method: 'POST', body: '{"a":1}', headers })
    expect(await own.json()).toEqual({ a: 1 })
  })
})

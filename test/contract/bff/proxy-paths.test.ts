import type { BffAnswer, UpstreamCall } from '@oauth-concierge/bff'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from './browser.ts'
import { createReferenceRig, type ReferenceRig } from './reference-rig.ts'

const upstreamOrigin = 'https://api.example'
let rig: ReferenceRig
let browser: Browser

beforeAll(async () => {
  rig = createReferenceRig({
    apis: {
      orders: { upstream: `${upstreamOrigin}/v1`, paths: ['/orders', '/orders/**'] },
      all: { upstream: `${upstreamOrigin}/v1/public` },
    },
  })
  browser = rig.newBrowser()
  await rig.logIn(browser)
})

/** Asks for a request target as it stands in a request line; no URL parser has seen it before. */
async function ask(target: string): Promise<{ answer: BffAnswer; call: UpstreamCall | undefined }> {
  let call: UpstreamCall | undefined
  const headers: Record<string, string> = { cookie: browser.cookieHeader('same-origin'), 'x-concierge': '1' }
  const request = {
    method: 'GET',
    target,
    header: (name: string) => headers[name],
    text: async () => '',
  }
  const answer = await rig.bff.handle<never>(request, {
    canRepeat: () => true,
    send: async (made) => {
      call = made
      return { status: 204, headers: [], body: undefined, discard: () => undefined }
    },
  })
  return { answer, call }
}

const dots = [
  '..',
  '%2e%2e',
  '%2E%2e',
  '.%2e',
  '%2e.',
  '%252e%252e',
  '%25252e',
  '..;',
  '..;x=1',
  '%2e%2e;',
  '..%00',
  '..%09',
  '..%0d%0a',
  '...',
  '. .',
  '.%20.',
  '..%5c',
  '..\\',
  '..%2f',
  '..%252f',
  '%c0%ae%c0%ae',
  '%uff0e%uff0e',
  '\uFF0E\uFF0E',
  '..\u0000',
]
const around = (dot: string): readonly string[] => [
  `/auth/api/orders/${dot}/admin`,
  `/auth/api/orders/orders/${dot}/admin`,
  `/auth/api/orders/orders/x/${dot}/${dot}/admin`,
  `/auth/api/orders/orders/${dot}`,
  `/auth/api/all/${dot}/admin`,
  `/auth/api/all/a/${dot}/${dot}/admin`,
  `/auth/api/${dot}/admin`,
  `/auth/api/orders${dot}/admin`,
]
const listed = [
  '/auth/api/orders//admin',
  '/auth/api/orders/orders//x',
  '/auth/api//orders/orders',
  '/auth/api/orders/orders/\\x',
  '/auth/api/orders\\orders',
  '/auth/api/orders/orders%2f..%2fadmin',
  '/auth/api/orders/orders%2Fx',
  '/auth/api/orders/orders/%5c..%5cadmin',
  '/auth/api/orders/admin',
  '/auth/api/orders/Orders',
  '/auth/api/orders/orders2',
  '/auth/api/orders/ordersx/1',
  '/auth/api/orders/order',
  '/auth/api/orders/%6frders',
  '/auth/api/orders/ord%65rs/1',
  '/auth/api/orders/orders/%61',
  '/auth/api/orders/orders;x=1/1',
  '/auth/api/orders/orders/1;admin=true',
  '/auth/api/orders/orders/%3bx',
  '/auth/api/orders/orders/%00',
  '/auth/api/orders/orders/%0d%0aHost:%20evil',
  '/auth/api/orders/orders/\r\nHost: evil',
  '/auth/api/orders/orders/ x',
  '/auth/api/orders/orders/\tx',
  '/auth/api/orders/orders#/../admin',
  '/auth/api/orders/orders?x=1#y',
  '/auth/api/orders/orders/%',
  '/auth/api/orders/orders/%2',
  '/auth/api/orders/orders/%zz',
  '/auth/api/orders/orders/%2',
  '/auth/api/orders/orders/ä',
  '/auth/api/orders/orders/"x"',
  '/auth/api/orders/orders/<x>',
  '/auth/api/orders/orders/{x}',
  '/auth/api/orders/orders/`x`',
  '/auth/api/orders/orders/^',
  '/auth/api/orders@evil.example/orders',
  '/auth/api/orders:80@evil.example/orders',
  '/auth/api/@evil.example/',
  '/auth/api/evil.example/orders',
  '/auth/api/https://evil.example/orders',
  '/auth/api/orders/https://evil.example/',
  '/auth/api/orders/@evil.example/',
  '/auth/api/orders.evil.example/orders',
  '/auth/api/ORDERS/orders',
  '/auth/api/orders%2forders',
  '/auth/api/__proto__/x',
  '/auth/api/constructor/x',
  '/auth/api/toString',
  '/auth/api/',
  '/auth/api',
  '/auth/api?x',
  '/auth/api/?orders',
  '//evil.example/auth/api/orders/orders',
  '/\\evil.example/auth/api/orders/orders',
  'https://evil.example/auth/api/orders/orders',
  'http://api.example/auth/api/orders/orders',
  'auth/api/orders/orders',
  '*',
  '',
  '/auth/../auth/api/orders/orders',
  '/x/../auth/api/orders/orders',
  '/AUTH/api/orders/orders',
  '/auth/api;/orders/orders',
  `/auth/api/orders/orders/${'a'.repeat(10_000)}`,
  `/auth/api/orders/orders/${'%2e'.repeat(2_000)}`,
  `/auth/api/orders/orders?${'x'.repeat(10_000)}`,
]
const fine = [
  '/auth/api/orders/orders',
  '/auth/api/orders/orders/1',
  '/auth/api/orders/orders/1/lines/2',
  '/auth/api/orders/orders/',
  '/auth/api/orders/orders?q=../..',
  '/auth/api/orders/orders?q=%2e%2e%2f&x[]=1&y="z"',
  '/auth/api/orders/orders/a..b',
  '/auth/api/orders/orders/a%20b',
  '/auth/api/orders/orders/%C3%A4',
  '/auth/api/orders/orders/a@b:c,d=e+f',
  "/auth/api/orders/orders/(1)'2'!$&*~",
  '/auth/api/all',
  '/auth/api/all/',
  '/auth/api/all/anything/below',
  '/auth/api/all?x=1',
  '/auth/api/orders/orders/50%25',
  '/auth/api/orders/orders/x|y[1]',
]
const corpus = [...dots.flatMap(around), ...listed]

/** Whatever went on must be what was asked for, to whoever reads it. */
function checkCall({ origin, path, headers }: UpstreamCall, target: string): void {
  const url = new URL(`${origin}${path}`)
  const below = /^\/v1\/(orders(\/|$)|public(\/|$))/
  expect(origin, target).toBe(upstreamOrigin)
  expect(`${url.pathname}${url.search}`, target).toBe(path.replace(/"/g, '%22'))
  expect(url.pathname, target).toMatch(below)
  let once = url.pathname
  for (let round = 0; round < 3; round += 1) {
    once = once.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    expect(new URL(once.replace(/[\\;]/g, '/'), origin).pathname, target).toMatch(below)
  }
  expect(headers['authorization'], target).toMatch(/^Bearer /)
}

describe('B08: a path of the API proxy', () => {
  it(`goes where it is allowed, or nowhere: ${corpus.length} strings`, async () => {
    expect(new Set(corpus).size).toBeGreaterThanOrEqual(200)
    const gone: string[] = []
    for (const target of corpus) {
      const { answer, call } = await ask(target)
      if (call) {
        gone.push(call.path)
        checkCall(call, target)
      } else expect([400, 404], target.slice(0, 80)).toContain(answer.status)
    }
    expect(gone).toEqual([])
  })

  it.each(fine)('goes on to the letter, if nothing about it is ambiguous: %s', async (target) => {
    const { call } = await ask(target)
    const [, api = '', rest = ''] = /^\/auth\/api\/(\w+)(.*)$/.exec(target) ?? []
    expect(call?.path).toBe(`${api === 'all' ? '/v1/public' : '/v1'}${rest}`)
    if (call) checkCall(call, target)
  })
})

import { describe, expect, it } from 'vitest'
import { createReferenceRig } from './reference-rig.ts'

const origin = 'https://app.example'
const rig = createReferenceRig()

/** Where a form asks to go after a logout without a session, which is the shortest way from asking to going. */
async function goesTo(target: string): Promise<string> {
  const request = new Request(`${origin}/auth/logout`, {
    method: 'POST',
    headers: { origin, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ return_to: target }),
  })
  const response = await rig.bff.fetch(request)
  return response.headers.get('location') ?? `status ${response.status}`
}

const hosts = [
  'evil.example',
  'app.example.evil.example',
  'app.example@evil.example',
  'evil.example:443',
  '[::1]',
  '0x7f000001',
  'ⓔvil.example',
  'evil。example',
  'evil%2eexample',
]
const before = [
  '//',
  '///',
  '////',
  '/\\',
  '\\\\',
  '\\/',
  '/\t/',
  '/\n/',
  '/\r/',
  '\t//',
  '\n//',
  ' //',
  '/ /',
  '\u0000//',
  '\u0009/\u0009/',
  '/.//',
  '/..//',
  '/a/..//',
  '/;//',
  '/%09//',
  'https:',
  'https:/',
  'https://',
  'https:\\\\',
  'HTTPS://',
  'http://',
  'ht\ttps://',
  'javascript://',
  'data://',
  'ftp://',
  'ws://',
  'blob:https://',
  'view-source:https://',
  'about:',
  'https:///',
  'https:////',
  '///\\',
  '/\\/\\',
  '//\\',
  './/',
  '..//',
  '?//',
  '#//',
  'x://',
]
const listed = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'java\nscript:alert(1)',
  ' javascript:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'mailto:a@evil.example',
  'tel:1',
  'intent://evil#Intent;end',
  'blob:null/x',
  'https://app.example@evil.example/',
  'https://app.example:pass@evil.example/',
  'https://app.example.evil.example',
  'https://app.exampleevil.example',
  'https://evil.example?app.example',
  'https://evil.example#app.example',
  'https://evil.example\\app.example',
  'https://app.example:444/',
  'http://app.example/',
  'https://user@app.example/',
  'https://user:pass@app.example/x',
  '//app.example@evil.example',
  '/\\app.example@evil.example',
  'x'.repeat(100_000),
  '/'.repeat(100_000),
  '/%'.repeat(4_000),
  '\\'.repeat(9_000),
  '%',
  '%2',
  '%zz',
  '/%c0%ae',
  '\uD800',
  '/\uD800',
  '\u202e//evil.example',
  '/\u2028/evil.example',
  '//\u2028evil.example',
  '/\u3002/evil.example',
  '/\uFF0F/evil.example',
  '\uFF0F\uFF0Fevil.example',
]
const encoded = [
  '%2f%2fevil.example',
  '/%2f/evil.example',
  '/%2fevil.example',
  '/%5cevil.example',
  '%5c%5cevil.example',
  '/%09/evil.example',
  '/%0a/evil.example',
  '/%0d%0aLocation:%20https://evil.example',
  '/\r\nLocation: https://evil.example',
  '/\r\nSet-Cookie: a=b',
  '/%252f%252fevil.example',
  '/%E3%80%82evil.example',
  '/.evil.example',
  '/@evil.example',
  ':@evil.example',
  'evil.example',
  '.evil.example',
  '/x:evil.example',
  '/https://evil.example',
  '/https:evil.example',
  '/?https://evil.example',
  '/#https://evil.example',
  '?return_to=//evil.example',
]
const corpus = [...before.flatMap((prefix) => hosts.map((host) => `${prefix}${host}`)), ...listed, ...encoded]

/** The origin that a browser goes to, and one that is more forgiving than any. */
function readers(location: string): readonly string[] {
  const forgiving = location
    .replace(/[\t\r\n\0]/g, '')
    .trim()
    .replace(/\\/g, '/')
  return [new URL(location, origin).origin, new URL(forgiving, `${origin}/page`).origin]
}

describe('B07: a target to go on to', () => {
  it(`leads to this origin, or to its root: ${corpus.length} strings`, async () => {
    expect(new Set(corpus).size).toBeGreaterThanOrEqual(300)
    for (const target of corpus) {
      const location = await goesTo(target)
      if (location === 'status 413' && target.length > 2_000) continue
      const shown = JSON.stringify(target.slice(0, 60))
      expect(location, shown).toMatch(/^\/(?![/\\])/)
      expect(location, shown).toMatch(/^[!-~]+$/)
      expect(readers(location), shown).toEqual([origin, origin])
    }
  })

  it.each([
    '/',
    '/orders',
    '/orders?page=2&sort=a%2Fb#top',
    '/a/b/c',
    '/%C3%A4',
    '/~ada/x-y_z.html',
    '/a:b@c',
    'https://app.example/orders',
  ])('leads where it says, if that is here: %s', async (target) =>
    expect(await goesTo(target)).toBe(new URL(target, origin).href.slice(origin.length)),
  )

  it('is read as strictly at the start of a login', async () => {
    for (const target of corpus.filter((_, index) => index % 40 === 0)) {
      const browser = rig.newBrowser()
      const started = await browser.navigate(
        `/auth/login?${new URLSearchParams({ return_to: target.slice(0, 2_000) })}`,
      )
      const state = new URL(started.headers.get('location') ?? origin).searchParams.get('state') ?? ''
      const denied = new URLSearchParams({ state, error: 'access_denied', iss: rig.server.issuer })
      const page = await (await browser.navigate(`/auth/callback?${denied}`, { from: 'cross-site' })).text()
      const again = /href="\/auth\/login\?return_to=([^"]+)"/.exec(page)?.[1] ?? ''
      expect(readers(decodeURIComponent(again)), target.slice(0, 60)).toEqual([origin, origin])
    }
  })
})

import { describe, expect, it } from 'vitest'
import { checkRedirectUri, leadsTo, readResponseLink } from './redirect-uri.ts'

describe('a redirect URI', () => {
  it.each([
    'https://app.example.com/callback',
    'com.example.app:/callback',
    'com.example.app://callback',
    'http://127.0.0.1/callback',
    'http://[::1]:49152/callback',
  ])('may be %s', (uri) => {
    expect(() => checkRedirectUri(uri, 'external')).not.toThrow()
  })

  it.each([
    ['myapp://callback', /scheme myapp: is anybody/],
    ['capacitor://localhost/callback', /scheme capacitor: is anybody/],
    ['javascript:alert(1)', /anybody/],
    ['.com:/callback', /no absolute URI/],
    ['/callback', /no absolute URI/],
    ['com.example.app:/callback#here', /fragment/],
    ['https://me@app.example.com/callback', /user name/],
  ])('may not be %s', (uri, why) => {
    expect(() => checkRedirectUri(uri, 'external')).toThrow(
      expect.objectContaining({ code: 'invalid_configuration', message: expect.stringMatching(why) }),
    )
  })

  it.each(['http://app.example.com/callback', 'http://localhost/callback', 'http://127.0.0.1.evil.example/'])(
    'may not be %s: plain http is for loopback literals',
    (uri) => {
      expect(() => checkRedirectUri(uri, 'external')).toThrow(
        expect.objectContaining({ code: 'insecure_url' }),
      )
    },
  )

  it('of a page may be on localhost, and has no scheme of its own', () => {
    expect(() => checkRedirectUri('http://localhost:5173/callback', 'page')).not.toThrow()
    expect(() => checkRedirectUri('com.example.app:/callback', 'page')).toThrow(/address of its own/)
  })
})

describe('a deep link', () => {
  it.each([
    ['com.example.app:/callback?code=1', 'com.example.app:/callback', true],
    ['com.example.app:///callback?code=1', 'com.example.app:/callback', true],
    ['com.example.app://callback/?code=1', 'com.example.app://callback', true],
    ['COM.EXAMPLE.APP:/callback', 'com.example.app:/callback', true],
    ['https://app.example.com/callback?code=1', 'https://app.example.com/callback', true],
    ['https://app.example.com/callback/more', 'https://app.example.com/callback', false],
    ['https://app.example.com.evil.example/callback', 'https://app.example.com/callback', false],
    ['https://app.example.com:8443/callback', 'https://app.example.com/callback', false],
    ['com.example.other:/callback', 'com.example.app:/callback', false],
    ['com.example.app:/orders/7', 'com.example.app:/callback', false],
    ['no link at all', 'com.example.app:/callback', false],
    [`com.example.app:/callback?code=${'x'.repeat(20_000)}`, 'com.example.app:/callback', false],
  ])('%s leads to %s: %s', (link, uri, leads) => {
    expect(leadsTo(link, uri)).toBe(leads)
  })

  const read = (link: string, uri = 'com.example.app:/callback'): string | undefined =>
    readResponseLink(link, uri)?.toString()

  it('brings a response by its query, and by its fragment', () => {
    expect(read('com.example.app:/callback?code=1&state=2')).toBe('code=1&state=2')
    expect(read('com.example.app:/callback?state=2#access_token=3')).toBe('state=2&access_token=3')
    expect(read('com.example.app:/callback?code=1&state=2#_=_')).toBe('code=1&state=2')
  })

  it('brings none where it has nothing of one', () => {
    expect(read('com.example.app:/callback')).toBeUndefined()
    expect(read('com.example.app:/callback?state=2')).toBeUndefined()
    expect(read('com.example.app:/orders?code=1')).toBeUndefined()
  })

  it('leaves the parameters of the redirect URI itself out', () => {
    const uri = 'https://app.example.com/?screen=callback'
    expect(read('https://app.example.com/?screen=callback&code=1&state=2', uri)).toBe('code=1&state=2')
  })
})

import type { Bff } from '@oauth-concierge/bff'

/** Where a navigation comes from. */
type Site = 'same-origin' | 'none' | 'cross-site'

interface Cookie {
  readonly value: string
  readonly isStrict: boolean
}

/** A browser without a screen that keeps the cookies of one origin by their rules, and says of each request what browsers say. */
export interface Browser {
  readonly cookies: Map<string, Cookie>
  /** Every `Set-Cookie` header so far. */
  readonly setCookies: readonly string[]
  /** Goes to a path of the application; does not follow redirects. */
  navigate(
    path: string,
    options?: { readonly from?: Site; readonly headers?: HeadersInit },
  ): Promise<Response>
  /** Sends a form of the application. */
  submit(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>
  /** What a script of the application does. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** The `Cookie` header as it would be sent. */
  cookieHeader(from: Site): string
}

const origin = 'https://app.example'

export function createBrowser(bff: Pick<Bff, 'fetch'>): Browser {
  const cookies = new Map<string, Cookie>()
  const setCookies: string[] = []

  const cookieHeader = (from: Site): string =>
    [...cookies]
      .filter(([, { isStrict }]) => from !== 'cross-site' || !isStrict)
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ')

  const send = async (path: string, from: Site, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers)
    const cookie = cookieHeader(from)
    if (cookie) headers.set('cookie', cookie)
    if (!headers.has('sec-fetch-site')) headers.set('sec-fetch-site', from)
    const response = await bff.fetch(new Request(`${origin}${path}`, { ...init, headers }))
    for (const line of response.headers.getSetCookie()) {
      setCookies.push(line)
      keep(cookies, line)
    }
    return response
  }
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  return {
    cookies,
    setCookies,
    cookieHeader,
    navigate: (path, { from = 'same-origin', headers } = {}) =>
      send(path, from, { headers: { ...navigation, ...Object.fromEntries(new Headers(headers)) } }),
    submit: (path, fields, headers) =>
      send(path, 'same-origin', {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { ...navigation, origin, ...headers },
      }),
    fetch: (path, init = {}) => {
      const headers = new Headers(init.headers)
      if (!headers.has('x-concierge')) headers.set('x-concierge', '1')
      headers.set('sec-fetch-mode', 'cors')
      headers.set('sec-fetch-dest', 'empty')
      return send(path, 'same-origin', { ...init, headers })
    },
  }
}

function keep(cookies: Map<string, Cookie>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ')
  const [name = '', value = ''] = pair.split(/=(.*)/s)
  if (attributes.includes('Max-Age=0')) cookies.delete(name)
  else cookies.set(name, { value, isStrict: attributes.includes('SameSite=Strict') })
}

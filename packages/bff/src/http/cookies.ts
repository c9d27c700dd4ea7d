import type { Seconds } from '@oauth-concierge/core'

/** Cookies by name, as a request brings them. */
export type Cookies = ReadonlyMap<string, string>

/** How the cookies of this BFF are set. */
export interface CookieRules {
  /** What every name begins with: `__Host-` but on plain http. */
  readonly prefix: string
  readonly secure: boolean
}

const longestHeader = 32_768

/** RFC 6265's octets; a quote or a space is none, so a value is never read in two ways. */
const pair = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([!#-+\--:<-[\]-~]*)$/

/**
 * The cookies of a `Cookie` header whose names begin with `prefix`, byte for byte. A name that comes twice, as when a sibling host has set
 * one as well, has no value at all.
 * @see RFC 6265 sections 4.1.1 and 5.4
 */
export function readCookies(header: string | undefined, prefix: string): Cookies {
  const cookies = new Map<string, string>()
  if (header === undefined || header.length > longestHeader) return cookies
  const seen = new Set<string>()
  for (const part of header.split('; ')) {
    if (!part.startsWith(prefix)) continue
    const [, name, value] = pair.exec(part) ?? []
    if (name === undefined || value === undefined) continue
    if (seen.has(name)) cookies.delete(name)
    else cookies.set(name, value)
    seen.add(name)
  }
  return cookies
}

/** A `Set-Cookie` header of a cookie for the whole host that no script can read. */
export function writeCookie(
  rules: CookieRules,
  name: string,
  value: string,
  { sameSite, maxAge }: { readonly sameSite: 'Strict' | 'Lax'; readonly maxAge: Seconds },
): readonly ['set-cookie', string] {
  const secure = rules.secure ? '; Secure' : ''
  return [
    'set-cookie',
    `${name}=${value}; Path=/; HttpOnly; SameSite=${sameSite}; Max-Age=${Math.max(0, Math.floor(maxAge))}${secure}`,
  ]
}

/** A `Set-Cookie` header that removes a cookie. */
export function removeCookie(rules: CookieRules, name: string): readonly ['set-cookie', string] {
  return writeCookie(rules, name, '', { sameSite: 'Lax', maxAge: 0 })
}

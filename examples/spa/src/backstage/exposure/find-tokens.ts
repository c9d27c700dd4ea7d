/** What a thief is after. */
export type TokenKind = 'refresh token' | 'access token' | 'ID token'

/** A token, and where in the haystack it was. */
export interface FoundToken {
  readonly kind: TokenKind
  readonly value: string
}

const kinds: Readonly<Record<string, TokenKind>> = {
  refreshtoken: 'refresh token',
  accesstoken: 'access token',
  authorization: 'access token',
  idtoken: 'ID token',
}

/** Searches a value and everything that hangs off it, texts that hold JSON or a form included. Functions are not called: what they enclose is out of reach. */
export function findTokens(haystack: unknown): readonly FoundToken[] {
  const found = new Map<string, FoundToken>()
  const seen = new Set<unknown>()
  const search = (value: unknown, name: string): void => {
    if (typeof value === 'string') return searchText(value, name)
    if (Object(value) !== value || value instanceof Node || seen.has(value)) return
    seen.add(value)
    for (const [name, part] of partsOf(value as object)) search(part, name)
  }
  const searchText = (text: string, name: string): void => {
    const inside = parse(text)
    if (inside !== undefined) return search(inside, '')
    const kind = kinds[name.toLowerCase().replaceAll(/[^a-z]/g, '')]
    const value = text.replace(/^(Bearer|DPoP) /i, '')
    if (kind && value.length > 7) found.set(`${kind} ${value}`, { kind, value })
  }
  search(haystack, '')
  return [...found.values()]
}

/** Everything a script can read of an object: entries of collections, own properties of any name, and what its accessors give. */
function* partsOf(value: object): Iterable<readonly [string, unknown]> {
  if (value instanceof Map || value instanceof Headers || value instanceof URLSearchParams) {
    for (const [name, part] of value as Iterable<[unknown, unknown]>) yield [String(name), part]
  }
  if (value instanceof Set) for (const part of value) yield ['', part]
  for (const name of Reflect.ownKeys(value)) {
    try {
      yield [String(name), Reflect.get(value, name)]
    } catch {
      // Closed to this script too.
    }
  }
}

function parse(text: string): object | undefined {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text) as object
    } catch {
      return undefined
    }
  }
  return /^\w+=[^&]*(&\w+=[^&]*)+$/.test(text) ? new URLSearchParams(text) : undefined
}

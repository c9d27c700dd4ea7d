import { encodeBase64Url, StorageError, type Seconds } from '@oauth-concierge/core'
import { type CookieRules, type Cookies, removeCookie, writeCookie } from '../http/cookies.ts'
import type { HeaderList } from '../http/exchange.ts'
import type { SessionStore } from './session-store.ts'

/** A record that a browser has named by its cookie. */
export interface Carried {
  readonly key: string
  /** The version that travels in the cookie; undefined where the cookie holds a name only. */
  readonly version: number | undefined
}

/** A name of a record: what the store knows it by, and what the browser does. A store that is stolen brings nobody into a session. */
export interface RecordName {
  readonly key: string
  readonly id: string
}

/** How records and cookies go together: the cookie holds the name of its record, or the whole record, sealed. */
export interface CookieCarrier {
  createName(kind: string): Promise<RecordName>
  find(kind: string, cookie: string): Promise<Carried | undefined>
  /** What the cookie of a record must hold. @throws StorageError `storage_failed` where it does not fit into cookies */
  contentOf(name: RecordName): Promise<string>
}

const nameForm = /^[\w-]{43}$/

export function createCookieCarrier(store: SessionStore): CookieCarrier {
  const { sealing } = store
  return {
    createName: async (kind) => {
      const id = encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)))
      return { id, key: sealing ? `${kind}:${id}` : await keyOf(kind, id) }
    },
    find: async (kind, cookie) => {
      if (sealing) return sealing.open(kind, cookie)
      return nameForm.test(cookie) ? { key: await keyOf(kind, cookie), version: undefined } : undefined
    },
    contentOf: async ({ key, id }) => {
      if (!sealing) return id
      const content = await sealing.seal(key)
      if (content !== undefined && content.length <= longestPart * mostParts) return content
      throw new StorageError(
        'storage_failed',
        'The session does not fit into cookies. Use a store on the server.',
      )
    },
  }
}

/** The kind goes into the hash, so the name of a record of one kind names none of another. */
async function keyOf(kind: string, id: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${kind} ${id}`))
  return `${kind}:${encodeBase64Url(hash)}`
}

const longestPart = 3_800
const mostParts = 3

/** The content of a cookie, which may have been sent in parts: the first part begins with their number. */
export function readParts(cookies: Cookies, name: string): string | undefined {
  const first = cookies.get(name)
  if (first === undefined || first[1] !== '.') return first
  const count = Number(first[0])
  if (!(count >= 2 && count <= mostParts)) return undefined
  let content = first.slice(2)
  for (let part = 1; part < count; part += 1) {
    const next = cookies.get(`${name}.${part}`)
    if (next === undefined) return undefined
    content += next
  }
  return content
}

/** How a cookie is set in as many parts as it takes. */
export interface PartsOptions {
  readonly rules: CookieRules
  /** What the browser has now: parts of it that are left over are removed. */
  readonly cookies: Cookies
  readonly sameSite: 'Strict' | 'Lax'
  readonly maxAge: Seconds
}

/** Sets a cookie. */
export function writeParts(name: string, content: string, options: PartsOptions): HeaderList {
  const { rules, sameSite, maxAge } = options
  const attributes = { sameSite, maxAge }
  const count = Math.ceil(content.length / longestPart)
  const parts = Array.from({ length: count }, (_, part) =>
    content.slice(part * longestPart, (part + 1) * longestPart),
  )
  const headers = parts.map((part, index) =>
    index === 0
      ? writeCookie(rules, name, count === 1 ? part : `${count}.${part}`, attributes)
      : writeCookie(rules, `${name}.${index}`, part, attributes),
  )
  return [...headers, ...leftOver(name, count, options)]
}

/** Removes a cookie, all parts of it. */
export function removeParts(name: string, options: Pick<PartsOptions, 'rules' | 'cookies'>): HeaderList {
  return [removeCookie(options.rules, name), ...leftOver(name, 1, options)]
}

function leftOver(
  name: string,
  count: number,
  { rules, cookies }: Pick<PartsOptions, 'rules' | 'cookies'>,
): HeaderList {
  return Array.from({ length: mostParts }, (_, part) => part)
    .filter((part) => part >= count && cookies.has(`${name}.${part}`))
    .map((part) => removeCookie(rules, `${name}.${part}`))
}

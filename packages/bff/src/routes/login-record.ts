import { createMemoryStore, type KeyValueStore, type RelyingParty } from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { createParty } from '../create-party.ts'
import type { Cookies } from '../http/cookies.ts'
import type { HeaderList } from '../http/exchange.ts'
import { readParts, removeParts, writeParts, type RecordName } from '../sessions/cookie-carrier.ts'

/** What is remembered of a login under way, by the browser that started it and nobody else. */
export interface LoginRecord {
  /** The transactions of the relying party; its own affair. */
  readonly book: unknown
  readonly returnTo: string
  /** The session from which the login was started, which ends with it. */
  readonly startedIn: { readonly key: string; readonly subject: string | undefined } | undefined
}

/** A login under way, as a store for its transaction and whatever was said at its start. */
export interface LoginInProgress {
  readonly said: Omit<LoginRecord, 'book'>
  readonly transactions: KeyValueStore
}

const longestLogin = 900
/** More than that are left over from logins that were given up. */
const mostLogins = 5

/** A login that is to be started, or one that a browser brings back. */
export function openLogin(
  { store, now }: BffContext,
  key: string,
  said: Omit<LoginRecord, 'book'>,
): LoginInProgress {
  const transactions: KeyValueStore = {
    atomic: true,
    get: async () => {
      const record = await store.read(key)
      return record && { value: (record.value as LoginRecord).book, version: record.version }
    },
    put: (_, book, { ifVersion } = {}) =>
      store.write(
        key,
        { ...said, book },
        { expiresAt: now() + longestLogin, ...(ifVersion !== undefined && { ifVersion }) },
      ),
    take: () => Promise.resolve(undefined),
    delete: () => store.delete(key),
  }
  return { said, transactions }
}

/** The cookie of a login has part of its state in its name, so that several may be under way and each is found. */
function cookieNameOf({ cookieName }: BffContext, state: string): string {
  return `${cookieName}-login-${state.replace(/[^\w-]/g, '').slice(0, 10)}`
}

/** Finds the login that this browser started with this state. */
export async function findLogin(
  context: BffContext,
  cookies: Cookies,
  state: string,
): Promise<LoginInProgress | undefined> {
  const content = readParts(cookies, cookieNameOf(context, state))
  const carried = content === undefined ? undefined : await context.carrier.find('login', content)
  const record = carried && (await context.store.read(carried.key))
  if (!carried || !record) return undefined
  const { returnTo, startedIn } = record.value as LoginRecord
  return openLogin(context, carried.key, { returnTo, startedIn })
}

/** The cookies of a login under way. Lax: the browser comes back from another site. */
export async function loginCookies(
  context: BffContext,
  cookies: Cookies,
  { name, state }: { readonly name: RecordName; readonly state: string },
): Promise<HeaderList> {
  const { carrier, cookies: rules } = context
  const content = await carrier.contentOf(name)
  const options = { rules, cookies, sameSite: 'Lax', maxAge: longestLogin } as const
  const others = [...cookies.keys()].filter((cookie) => /-login-[\w-]+$/.test(cookie))
  const given = others.slice(0, Math.max(0, others.length + 1 - mostLogins))
  return [
    ...writeParts(cookieNameOf(context, state), content, options),
    ...given.flatMap((cookie) => removeParts(cookie, options)),
  ]
}

/** Takes the cookies of a login that is over from the browser, whatever came of it. */
export function removeLoginCookies(context: BffContext, cookies: Cookies, state: string): HeaderList {
  return removeParts(cookieNameOf(context, state), { rules: context.cookies, cookies })
}

/** The relying party of one login. What it begins is held until somebody has looked at it. */
export function createLoginParty(
  context: BffContext,
  transactions: KeyValueStore,
): { readonly relyingParty: RelyingParty; begun(): unknown } {
  let begun: unknown
  const memory = createMemoryStore()
  const vault: KeyValueStore = {
    ...memory,
    put: (key, value, condition) => {
      begun = value
      return memory.put(key, value, condition)
    },
  }
  return { relyingParty: createParty(context, { transactions, vault }), begun: () => begun }
}

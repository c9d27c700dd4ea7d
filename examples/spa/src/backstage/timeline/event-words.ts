import type { AuthEvent } from '@oauth-concierge/browser'
import { config } from '../../config.ts'

/** An event as it is drawn. */
export interface EventWords {
  readonly title: string
  /** The small print: with whom, how it went, how long it took. */
  readonly note: string
}

type Detail = AuthEvent['detail']
type Writer = (detail: Detail, isRepeated: boolean) => EventWords

const parties: Readonly<Record<string, string>> = {
  [new URL(config.issuer).origin]: 'sign-in server',
  [new URL(config.api).origin]: 'orders API',
  [location.origin]: 'this site',
}

const partyAt = (address: unknown): string => {
  const { origin } = new URL(String(address), location.href)
  return parties[origin] ?? origin
}

const sessions: Readonly<Record<string, string>> = {
  restoring: 'Looks for a session',
  anonymous: 'Nobody is logged in',
  authenticated: 'Logged in',
  expired: 'The session has ended',
}

const news: Readonly<Record<string, string>> = {
  changed: 'there are new tokens',
  expired: 'the session has ended',
  ended: 'the user has logged out',
}

const words: Readonly<Record<AuthEvent['name'], Writer>> = {
  request: ({ method, url, status, failed }) => ({
    title: `${method} ${new URL(String(url), location.href).pathname}`,
    note: `${partyAt(url)} · ${status ?? `no answer (${failed})`}`,
  }),
  lock: ({ isAlone }) => ({
    title: isAlone ? 'Has its turn' : 'Goes on without a turn',
    note: 'to renew the tokens',
  }),
  news: ({ told, heard }) => ({
    title: told === undefined ? 'Hears from a tab' : 'Tells the other tabs',
    note: news[String(told ?? heard)] ?? String(told ?? heard),
  }),
  redirect: ({ to }) => ({ title: 'Leaves the page', note: `for the ${partyAt(to)}` }),
  callback: ({ refused }) => ({
    title: 'Is back',
    note: refused ? 'with a refusal' : 'with a code for tokens',
  }),
  session: ({ status }, isRepeated) => ({
    title: isRepeated ? 'Still logged in' : (sessions[String(status)] ?? String(status)),
    note: 'session',
  }),
  degraded: ({ why, message, worker }) => ({
    title: worker === 'dedicated' ? 'Makes do with a worker of its own' : 'Makes do without',
    note: String(why ?? message),
  }),
  failure: ({ call, code }) => ({ title: `${call}() failed`, note: String(code) }),
}

/** Puts an event into words, as short as they can be. @param isRepeated whether the last one of its kind said the same */
export function describeEvent({ name, detail, duration }: AuthEvent, isRepeated: boolean): EventWords {
  const { title, note } = words[name](detail, isRepeated)
  return { title, note: duration === undefined ? note : `${note} · ${Math.round(duration)} ms` }
}

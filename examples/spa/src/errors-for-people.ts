import { ConciergeError, type ErrorCode, type Session, TransportError } from '@oauth-concierge/browser'
import { ApiError } from './orders.ts'

/** An error as an end user should see it. */
export interface Problem {
  /** What happened, in one calm sentence. */
  readonly title: string
  /** What it means and what to do. */
  readonly advice: string
  /** What to offer. */
  readonly remedy?: 'try-again' | 'log-in'
  /** For the small print, and for whoever is asked for help. */
  readonly code: string
}

type Words = Omit<Problem, 'code'>

const unreachable: Words = {
  title: 'We cannot reach a server right now.',
  advice: 'It is not your fault. Wait a moment, then try again.',
  remedy: 'try-again',
}

const notOurs: Words = {
  title: 'We stopped a login that was not started here.',
  advice: 'If a link brought you here, do not trust it. To log in, use the button on this page.',
}

const byCode: Partial<Record<ErrorCode, Words>> = {
  access_denied: {
    title: 'You chose not to share your data.',
    advice: 'Nothing was passed on. You can log in whenever you change your mind.',
    remedy: 'log-in',
  },
  session_expired: {
    title: 'Your session has ended.',
    advice: 'For your safety you have to log in again.',
    remedy: 'log-in',
  },
  session_changed: {
    title: 'Somebody else has logged in here.',
    advice: 'What you asked for was not sent in their name. Load the page anew to go on.',
  },
  login_required: { title: 'You are not logged in.', advice: 'Log in to go on.', remedy: 'log-in' },
  offline: {
    title: 'You are offline.',
    advice: 'Check your internet connection, then try again.',
    remedy: 'try-again',
  },
  rate_limited: {
    title: 'That was a little too often.',
    advice: 'Wait a moment, then try again.',
    remedy: 'try-again',
  },
  network_failed: unreachable,
  timed_out: unreachable,
  refresh_outcome_unknown: unreachable,
  server_unavailable: unreachable,
  callback_state_missing: notOurs,
  callback_state_unknown: notOurs,
  callback_issuer_mismatch: notOurs,
  callback_malformed: notOurs,
  callback_expired: {
    title: 'That login took too long.',
    advice: 'Start it again; it takes a minute.',
    remedy: 'log-in',
  },
  return_to_not_same_origin: {
    title: 'The link that brought you here is not safe.',
    advice: 'It wanted to send you to another website after your login. Open this page without it.',
  },
  storage_failed: {
    title: 'Your browser did not let us take a note.',
    advice: 'Allow this site to store data, or leave private browsing, then try again.',
    remedy: 'try-again',
  },
}

/** For every code without words of its own. */
const byKind: Readonly<Record<string, Words>> = {
  UsageError: { title: 'This page is not set up properly.', advice: 'Please tell the people who run it.' },
  ServerError: {
    title: 'The sign-in server said no.',
    advice: 'Try to log in again. If it happens again, please tell the people who run this page.',
    remedy: 'log-in',
  },
  TransportError: unreachable,
  ProtocolError: {
    title: 'We got an answer that we do not trust.',
    advice: 'Nothing of it was used. Try again later, or ask the people who run this page.',
    remedy: 'try-again',
  },
}

const unknown: Words = {
  title: 'Something went wrong.',
  advice: 'Please try again. If it does not help, load the page anew.',
  remedy: 'try-again',
}

/** Puts an error into words for the person in front of the page. Its own message is for developers and is not shown. */
export function describe(error: unknown, session: Session): Problem {
  if (error instanceof ApiError) return { ...unknown, code: `api_${error.status}` }
  if (!(error instanceof ConciergeError)) return { ...unknown, code: 'unexpected' }
  const { title, advice, remedy } = byCode[error.code] ?? byKind[error.name] ?? unknown
  const wait = error instanceof TransportError && error.retryAfter ? ` (${error.retryAfter} seconds)` : ''
  const stays = error.sessionSurvives && session.status === 'authenticated' ? ' You are still logged in.' : ''
  return { title, advice: `${advice}${wait}${stays}`, code: error.code, ...(remedy && { remedy }) }
}

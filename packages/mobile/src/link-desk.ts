import {
  type ConciergeError,
  createInProcessLock,
  type ErrorCode,
  type FinishedLogin,
  ProtocolError,
} from '@oauth-concierge/core'
import { readResponseLink } from './redirect-uri.ts'

/** What became of a link: it answers no login under way here, or it ended one, well or badly. */
export type LinkOutcome =
  | { readonly type: 'ignored' }
  | { readonly type: 'finished'; readonly finished: FinishedLogin }
  | { readonly type: 'failed'; readonly error: unknown }

/** Where the links that reach an app are dealt with, one after the other. */
export interface LinkDesk {
  /** Finishes the login that a link answers, if it does. The same link again gives the same outcome and does nothing. */
  process(link: string): Promise<LinkOutcome>
  /** True for the first who asks for the end of a login: that one tells the application. */
  claim(outcome: LinkOutcome): boolean
  /** Hands the end of a login to whoever waits for it; false where nobody does. */
  hand(link: string, outcome: LinkOutcome): boolean
  /** Waits for the answer to the login with this `state`, in the place of whoever waited before. */
  expect(state: string): Expectation
}

/** Somebody who waits for one login to end. */
export interface Expectation {
  readonly finished: Promise<FinishedLogin>
  /** Waits no longer. The login itself stays open. */
  stop(): void
}

interface Waiter {
  readonly state: string
  settle(outcome: LinkOutcome): void
}

const mostRemembered = 20

/**
 * @param finish the second half of a login
 * @param onIgnored hears why a link at the redirect URI was not followed
 */
export function createLinkDesk(
  redirectUri: string,
  finish: (parameters: URLSearchParams) => Promise<FinishedLogin>,
  onIgnored: (error: ConciergeError) => void,
): LinkDesk {
  const turns = createInProcessLock()
  const seen = new Map<string, Promise<LinkOutcome>>()
  const claimed = new WeakSet<LinkOutcome>()
  let waiter: Waiter | undefined

  const follow = async (parameters: URLSearchParams): Promise<LinkOutcome> => {
    try {
      return { type: 'finished', finished: await finish(parameters) }
    } catch (error) {
      if (!isNobodys(error, parameters)) return { type: 'failed', error }
      onIgnored(error)
      return { type: 'ignored' }
    }
  }

  return {
    process: (link) => {
      const parameters = readResponseLink(link, redirectUri)
      if (!parameters) return Promise.resolve({ type: 'ignored' })
      const outcome = seen.get(link) ?? turns.run('links', () => follow(parameters))
      seen.set(link, outcome)
      for (const oldest of [...seen.keys()].slice(0, -mostRemembered)) seen.delete(oldest)
      return outcome
    },
    claim: (outcome) => {
      if (outcome.type === 'ignored' || claimed.has(outcome)) return false
      claimed.add(outcome)
      return true
    },
    hand: (link, outcome) => {
      const states = readResponseLink(link, redirectUri)?.getAll('state') ?? []
      // A signed answer has its state inside; that it was followed is enough.
      const isAwaited = states.length === 0 ? outcome.type === 'finished' : states[0] === waiter?.state
      if (!waiter || !isAwaited) return false
      waiter.settle(outcome)
      return true
    },
    expect: (state) => {
      let settle: Waiter['settle'] = () => undefined
      const finished = new Promise<FinishedLogin>((resolve, reject) => {
        settle = (outcome) => {
          if (outcome.type === 'finished') resolve(outcome.finished)
          if (outcome.type === 'failed') reject(outcome.error)
        }
      })
      finished.catch(() => undefined)
      const self: Waiter = { state, settle }
      waiter = self
      return {
        finished,
        stop: () => {
          if (waiter === self) waiter = undefined
        },
      }
    },
  }
}

/** Any app may send such a link, and none of them names a login under way: junk, an answer that was dealt with, a forgery. */
const junk: readonly ErrorCode[] = ['callback_state_missing', 'callback_state_unknown', 'callback_replayed']
const junkWithoutState: readonly ErrorCode[] = [
  'callback_malformed',
  'callback_signature_invalid',
  'key_not_found',
]

function isNobodys(error: unknown, parameters: URLSearchParams): error is ProtocolError {
  if (!(error instanceof ProtocolError)) return false
  const hasOneState = parameters.getAll('state').length === 1
  return junk.includes(error.code) || (!hasOneState && junkWithoutState.includes(error.code))
}

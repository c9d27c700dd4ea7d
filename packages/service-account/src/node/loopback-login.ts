import {
  type Milliseconds,
  ProtocolError,
  type RelyingParty,
  ServerError,
  untilAborted,
} from '@oauth-concierge/core'
import { createUserLogin, type UserLogin, type UserLoginOptions } from '../login/user-login.ts'
import { listenOnLoopback } from './loopback-listener.ts'
import { openBrowser } from './open-browser.ts'

/** How a user logs in by the browser of the same machine. */
export interface LoopbackLoginOptions extends UserLoginOptions {
  /** Shows the address to the user, or opens it. Default: `openBrowser`. */
  readonly open?: (url: string) => void | Promise<void>
  /** How long the user is waited for, in milliseconds. Default: 5 minutes. */
  readonly timeout?: Milliseconds
  /** Where to listen: the first of these addresses that this machine has. Default: `127.0.0.1`, then `::1`. */
  readonly hosts?: readonly ('127.0.0.1' | '::1')[]
}

const defaultTimeout: Milliseconds = 300_000

/**
 * A user's login by the browser of the same machine: for command-line tools. The browser comes back to a port of this process, which listens on
 * loopback for one answer and then closes. At the server, register `http://127.0.0.1/callback` and `http://[::1]/callback`, for any port. Does
 * no I/O yet.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_malformed` for `metadata` given by hand
 * @see RFC 8252 section 7.3
 */
export function loopbackLogin(options: LoopbackLoginOptions): UserLogin {
  const { open = openBrowser, timeout = defaultTimeout, hosts } = options
  return createUserLogin(options, async ({ relyingParty, runtime }, signal) => {
    const listener = await listenOnLoopback((parameters) => finish(relyingParty, parameters), hosts)
    const over = new AbortController()
    try {
      const { url } = await relyingParty.startLogin({ redirectUri: listener.redirectUri })
      await open(url)
      const tooLate = runtime.clock.sleep(timeout, over.signal).then(() => Promise.reject(expired()))
      const outcome = Promise.race([listener.answered, tooLate])
      await (signal ? untilAborted(signal, outcome) : outcome)
    } finally {
      over.abort()
      listener.close()
    }
  })
}

/** What comes with another `state`, or none, is not the answer to this login: anybody could have sent it. */
async function finish(
  relyingParty: RelyingParty,
  parameters: URLSearchParams,
): Promise<'finished' | 'foreign'> {
  try {
    await relyingParty.finishLogin(parameters)
    return 'finished'
  } catch (error) {
    if (error instanceof ProtocolError && foreign.includes(error.code)) return 'foreign'
    throw error
  }
}

const foreign: readonly string[] = [
  'callback_state_missing',
  'callback_state_unknown',
  'callback_replayed',
  'callback_malformed',
]

function expired(): ServerError {
  return new ServerError(
    'authorization_expired',
    'The user did not log in before the time was up. Start again.',
  )
}

import {
  createSessionState,
  type FinishedLogin,
  type Session,
  type SessionSource,
} from '@oauth-concierge/core'
import { askApp, findPort, type NativeBridgeOptions } from './bridge-port.ts'
import { readBridge } from './bridge-wire.ts'
import { readResponse, type WireResponse, writeRequest } from './wire-fetch.ts'

/** The app's session, as a page in its web view has it. */
export interface BridgedAuth extends SessionSource {
  /**
   * The app's access token, where the app hands tokens out (`unsafeHandOutAccessTokens`). `fetch` does without.
   * @throws UsageError `not_supported_by_server` where it does not; and as the app's own does
   */
  getAccessToken(): Promise<string>
}

/**
 * The session of the app around this page: it logs in, holds the tokens and makes the calls; the page sees snapshots and answers. No token is in the web
 * view. Construction does nothing.
 */
export function createBridgedAuth(options: NativeBridgeOptions = {}): BridgedAuth {
  const state = createSessionState()
  let started: Promise<FinishedLogin> | undefined
  const start = async (): Promise<FinishedLogin> => {
    findPort(options).listen((text) => {
      const message = readBridge(text)
      if (message?.id === 'session') state.set(message['value'] as Session)
    })
    const { finished, session } = (await askApp(options, 'start')) as {
      finished: FinishedLogin
      session: Session
    }
    state.set(session)
    return finished
  }
  return {
    get session() {
      return state.get()
    },
    subscribe: state.subscribe,
    start: () => (started ??= start()),
    login: async (login) => void (await askApp(options, 'login', { login })),
    logout: async (logout) => void (await askApp(options, 'logout', { logout })),
    fetch: async (input, init) =>
      readResponse(
        (await askApp(options, 'fetch', { request: await writeRequest(input, init) })) as WireResponse,
      ),
    getAccessToken: async () => String(await askApp(options, 'accessToken')),
  }
}

import type { UserAgent } from '@oauth-concierge/core'
import { askApp, type NativeBridgeOptions } from './bridge-port.ts'

/**
 * The app around this page as its user agent: the app opens the external user agent and gives back the parameters of the answer. What crosses the
 * bridge is the authorization request and its answer; the code verifier stays in the page, and no token ever crosses. The page redeems the code
 * itself, so its tokens are in the page; `createBridgedAuth` leaves them in the app.
 * @throws UsageError `invalid_configuration` at the first use where there is no app around this page; SessionError `login_dismissed`;
 * UsageError `user_agent_failed`
 */
export function nativeBridge(options: NativeBridgeOptions = {}): UserAgent {
  return {
    authorize: async (url) => {
      const parameters = (await askApp(options, 'authorize', { url })) as readonly (readonly [
        string,
        string,
      ])[]
      return new URLSearchParams(parameters.map(([name, value]) => [name, value]))
    },
    endSession: async (endpoint, parameters) => {
      // The external user agent opens addresses only, and no ID token stands in one.
      const { id_token_hint: _, ...rest } = parameters
      await askApp(options, 'endSession', { endpoint, parameters: rest })
    },
  }
}

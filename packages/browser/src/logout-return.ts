import type { KeyValueStore } from '@oauth-concierge/core'

/** The way back from a logout at the authorization server. */
export interface LogoutReturn {
  begin(state: string | undefined): Promise<void>
  /** Takes the `state` of a logout that was begun here out of the page's address. Any other stays: it is the application's own. */
  finish(): Promise<void>
}

/** @see OpenID Connect RP-Initiated Logout 1.0 section 3 */
export function createLogoutReturn(store: KeyValueStore, client: string): LogoutReturn {
  const key = `concierge:logout:${client}`
  const ignoreFailure = (): undefined => undefined
  return {
    // Without a store the user still gets logged out; only the address stays as the server left it.
    begin: async (state) => void (await store.put(key, state).catch(ignoreFailure)),
    finish: async () => {
      const address = new URL(window.location.href)
      const state = address.searchParams.get('state')
      if (state === null || (await store.take(key).catch(ignoreFailure)) !== state) return
      address.searchParams.delete('state')
      window.history.replaceState(window.history.state, '', address)
    },
  }
}

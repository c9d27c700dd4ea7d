import { type SessionSource, UsageError } from '@oauth-concierge/core'
import { answerPage, type BridgeMessage, originOf } from './answer-page.ts'
import { writeBridge } from './bridge-wire.ts'
import { readRequest, type WireRequest, writeResponse } from './wire-fetch.ts'

/** What a page may have of the app's session. */
export interface SessionHostOptions {
  /** The app's session: what `createMobileAuth` gives. Its `apis` are those that the page can call. */
  readonly auth: SessionSource & { getAccessToken(): Promise<string> }
  /** The origins whose pages may use the bridge. */
  readonly pages: readonly string[]
  /** Posts to the web view, if the page there is of this origin still: a snapshot says who is logged in. */
  post(message: string, origin: string): void
  /** Lets the page have the access token itself: whatever runs in the page can then take it away. Default: calls go through the app. */
  readonly unsafeHandOutAccessTokens?: boolean
}

/** The app's end of `createBridgedAuth()`. */
export interface SessionHost {
  /** Does what a page asks, and posts the answer. Messages of other pages, and those that are not ours, are not heard. */
  receive(message: BridgeMessage): Promise<void>
  close(): void
}

/** Serves the app's session to the pages in its web view. */
export function createSessionHost({
  auth,
  pages,
  post,
  unsafeHandOutAccessTokens = false,
}: SessionHostOptions): SessionHost {
  let page: string | undefined
  const stop = auth.subscribe(() => {
    if (page !== undefined) post(writeBridge({ id: 'session', value: auth.session }), page)
  })
  return {
    receive: async (message) => {
      const reply = await answerPage(pages, message, {
        start: async () => {
          page = originOf(message.url)
          const finished = await auth.start()
          return { finished, session: auth.session }
        },
        login: ({ login }) => auth.login(login ?? {}),
        logout: ({ logout }) => auth.logout(logout ?? {}),
        fetch: async ({ request }) => {
          const { url, init } = readRequest(request as WireRequest)
          return writeResponse(await auth.fetch(url, init))
        },
        accessToken: async () => {
          if (unsafeHandOutAccessTokens) return auth.getAccessToken()
          throw new UsageError(
            'not_supported_by_server',
            'The app keeps its access token to itself. Call fetch, or set unsafeHandOutAccessTokens in the app.',
          )
        },
      })
      if (reply !== undefined) post(reply, originOf(message.url))
    },
    close: stop,
  }
}

import { type Clock, completeRuntime, ConciergeError, UsageError } from '@oauth-concierge/core'
import { createAgentTurns } from '../agent-turns.ts'
import { logoutAddress } from '../logout-address.ts'
import { checkRedirectUri, leadsTo, readResponseLink } from '../redirect-uri.ts'
import type { Shell } from '../shell.ts'
import { untilDismissed, untilSuperseded, type Visit } from '../visit-agent.ts'
import { createWaiters } from '../waiters.ts'
import { answerPage, type BridgeMessage } from './answer-page.ts'

/** What a page may have the app do. */
export interface BridgeHostOptions {
  readonly shell: Shell
  /** The origins whose pages may use the bridge. A web view can be led anywhere, so each message is asked where it comes from. */
  readonly pages: readonly string[]
  /** The origins of the authorization servers that may be opened. */
  readonly authorizationServers: readonly string[]
  /** Where the authorization server sends the user back to: a link of this app. The page logs in with it too. */
  readonly redirectUri: string
  readonly postLogoutRedirectUri?: string
  /** Logs in without the cookies of the system browser. Default: false. */
  readonly ephemeral?: boolean
  readonly clock?: Clock
}

/** The app's end of the bridge. */
export interface BridgeHost {
  /** Does what a page asks; gives what to post back to it. Undefined where the message is not ours, or its page is not among `pages`. */
  receive(message: BridgeMessage): Promise<string | undefined>
}

/**
 * Serves `nativeBridge()` of the pages in this app's web view: opens the external user agent for them and catches the answer. The app learns the code
 * on its way, and can do nothing with it: the verifier is the page's.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 */
export function createBridgeHost(options: BridgeHostOptions): BridgeHost {
  const { shell, pages, redirectUri, postLogoutRedirectUri } = options
  checkRedirectUri(redirectUri, shell.agent)
  if (postLogoutRedirectUri !== undefined)
    checkRedirectUri(postLogoutRedirectUri, shell.agent, 'postLogoutRedirectUri')
  const turns = createAgentTurns()
  const { clock } = completeRuntime(options.clock && { clock: options.clock })
  const visit = (visit: Visit, isAnswer: (link: string) => boolean): Promise<string> =>
    turns.run((signal) => visitForLink({ shell, clock, signal, isAnswer }, visit))

  const authorize = async (address: unknown): Promise<unknown> => {
    const url = checkAddress(options, address)
    const { ephemeral = false } = options
    const [uri, state] = ['redirect_uri', 'state'].map((name) => url.searchParams.get(name))
    if (uri !== null && uri !== redirectUri) throw refusal('its redirect_uri is not the one of this app')
    // A pushed request keeps its state at home; then the first answer is the page's to judge.
    const isAnswer = (link: string): boolean => {
      const answer = readResponseLink(link, redirectUri)
      return answer !== undefined && (state === null || answer.get('state') === state)
    }
    const link = await visit({ url: url.href, redirectUri, ephemeral }, isAnswer)
    return [...(readResponseLink(link, redirectUri) ?? [])]
  }

  const endSession = async (endpoint: unknown, parameters: unknown): Promise<unknown> => {
    const url = logoutAddress(checkAddress(options, endpoint), Object(parameters) as object)
    const back = url.searchParams.get('post_logout_redirect_uri') ?? undefined
    if (back !== postLogoutRedirectUri)
      throw refusal('its post_logout_redirect_uri is not the one of this app')
    const isAnswer = (link: string): boolean => back !== undefined && leadsTo(link, back)
    await visit({ url: url.href, redirectUri: back, ephemeral: false }, isAnswer).catch(ignoreDismissal)
    return undefined
  }

  return {
    receive: (message) =>
      answerPage(pages, message, {
        authorize: ({ url }) => authorize(url),
        endSession: ({ endpoint, parameters }) => endSession(endpoint, parameters),
      }),
  }
}

interface LinkVisit {
  readonly shell: Shell
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly isAnswer: (link: string) => boolean
}

/** Opens the agent and gives the link it ends at; any other link is somebody else's. */
async function visitForLink({ shell, clock, signal, isAnswer }: LinkVisit, visit: Visit): Promise<string> {
  if (signal.aborted) return untilSuperseded(signal)
  const links = createWaiters<string>()
  const resumes = createWaiters<void>()
  const stops = [await shell.onLink(links.tell), await shell.onResume(resumes.tell)]
  const visitor = {
    shell,
    clock,
    receive: async (link: string) => links.tell(link),
    resumed: () => resumes.wait(() => true),
  }
  try {
    return await Promise.race([links.wait(isAnswer), untilDismissed(visitor, visit), untilSuperseded(signal)])
  } finally {
    for (const stop of stops) stop()
    await shell.dismissAgent().catch(() => undefined)
  }
}

function checkAddress({ authorizationServers }: BridgeHostOptions, address: unknown): URL {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined
  if (!url || !authorizationServers.includes(url.origin)) {
    throw refusal('it leads to none of the declared authorization servers')
  }
  return url
}

function refusal(why: string): UsageError {
  return new UsageError('invalid_configuration', `The app does not open this address: ${why}.`)
}

function ignoreDismissal(error: unknown): undefined {
  if (error instanceof ConciergeError && error.code === 'login_dismissed') return undefined
  throw error
}

import type { FinishedLogin, RelyingParty } from '@oauth-concierge/core'
import type { LinkDesk, LinkOutcome } from './link-desk.ts'
import type { MobileAuthOptions } from './options.ts'
import { leadsTo } from './redirect-uri.ts'
import type { Stop } from './shell.ts'
import { createWaiters } from './waiters.ts'

/** What reaches the app from outside: links, and the user who comes back to it. */
export interface Arrivals {
  /** Begins to listen to the shell. Links are kept until `release` or `takeKept`. */
  listen(): Promise<void>
  /** Gives the links that came so far; those that come later are dealt with at once. */
  takeKept(): readonly string[]
  /** Deals with a link, and tells whoever is to know of it. */
  receive(link: string): Promise<LinkOutcome>
  /** Settles when the app comes back to the foreground. */
  resumed(): Promise<void>
  /** Settles when a link leads to `uri` with this `state`. */
  returned(uri: string, state: string | undefined): Promise<unknown>
  close(): void
}

interface ArrivalsOf {
  readonly options: MobileAuthOptions
  readonly relyingParty: RelyingParty
  readonly desk: LinkDesk
}

export function createArrivals({ options, relyingParty, desk }: ArrivalsOf): Arrivals {
  const { shell } = options
  const resumeWaiters = createWaiters<void>()
  const linkWaiters = createWaiters<string>()
  let stops: readonly Stop[] = []
  let kept: string[] | undefined = []

  const receive = async (link: string): Promise<LinkOutcome> => {
    linkWaiters.tell(link)
    const outcome = await desk.process(link)
    if (desk.claim(outcome) && !desk.hand(link, outcome)) {
      await shell.dismissAgent().catch(() => undefined)
      queueMicrotask(() => options.onLateLogin?.(resultOf(outcome)))
    }
    return outcome
  }

  /** Offline, nothing changes: only the server's word ends a session. A storage that was locked at the start may be open now. */
  const renew = async (): Promise<void> => {
    const { status } = relyingParty.session
    if (status === 'restoring') await relyingParty.restore()
    if (status === 'authenticated') await relyingParty.getAccessToken()
  }

  return {
    listen: async () => {
      stops = [
        await shell.onLink((link) => void (kept ? kept.push(link) : receive(link))),
        await shell.onResume(() => {
          resumeWaiters.tell(undefined)
          renew().catch(() => undefined)
        }),
      ]
    },
    takeKept: () => {
      const links = kept ?? []
      kept = undefined
      return links
    },
    receive,
    resumed: () => resumeWaiters.wait(() => true),
    returned: (uri, state) =>
      linkWaiters.wait(
        (link) => leadsTo(link, uri) && (new URL(link).searchParams.get('state') ?? undefined) === state,
      ),
    close: () => {
      for (const stop of stops) stop()
      stops = []
    },
  }
}

/** The end of a login as a promise that nobody need look at. */
function resultOf(outcome: LinkOutcome): Promise<FinishedLogin> {
  const result = outcome.type === 'failed' ? Promise.reject(outcome.error) : Promise.resolve(outcome)
  const finished = result.then((outcome: LinkOutcome) =>
    outcome.type === 'finished' ? outcome.finished : {},
  )
  finished.catch(() => undefined)
  return finished
}

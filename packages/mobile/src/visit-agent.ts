import { type Clock, type Milliseconds, SessionError, UsageError } from '@oauth-concierge/core'
import { whenAborted } from './agent-turns.ts'
import type { AgentOptions, AgentResult, Shell } from './shell.ts'

/** Some platforms say "dismissed" a moment before they hand over the link. */
const grace: Milliseconds = 1_000

/** A visit to the external user agent. */
export interface Visit extends AgentOptions {
  readonly url: string
}

/** Opens the agent. @throws UsageError `user_agent_failed` */
export async function openAgent(shell: Shell, { url, ...options }: Visit): Promise<AgentResult> {
  try {
    return await shell.openAgent(url, options)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(
      'user_agent_failed',
      `The external user agent could not be opened (${(error as Error | undefined)?.name ?? 'unknown'}). Is there a browser on the device, and are the plugins installed?`,
    )
  }
}

/** What a visit needs that is not about the address. */
export interface Visitor {
  readonly shell: Shell
  readonly clock: Clock
  /** Deals with the address that the agent was sent to at the end. */
  receive(link: string): Promise<unknown>
  /** Settles when the app comes back to the foreground. */
  resumed(): Promise<void>
}

/**
 * Opens the agent and settles, with an error, when the user has come back without an answer.
 * @throws SessionError `login_dismissed`; UsageError `user_agent_failed`
 */
export async function untilDismissed({ shell, clock, ...visitor }: Visitor, visit: Visit): Promise<never> {
  const result = await openAgent(shell, visit)
  if (result.type === 'answered') {
    // If it is not our answer but some other app's link, the agent is still there; coming back from it without an answer is a dismissal.
    await visitor.receive(result.link)
    await visitor.resumed()
  }
  await clock.sleep(grace)
  throw dismissed('The user closed the browser before the login was finished.')
}

/** @throws SessionError `login_dismissed` */
export async function untilSuperseded(signal: AbortSignal): Promise<never> {
  await whenAborted(signal)
  throw dismissed('Another call has taken the browser over.')
}

function dismissed(why: string): SessionError {
  return new SessionError(
    'login_dismissed',
    `${why} The session is as it was; an answer that comes late is taken.`,
  )
}

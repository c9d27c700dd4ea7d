import {
  checkReturnTo,
  type LoginOptions,
  type Milliseconds,
  SessionError,
  UsageError,
} from '@oauth-concierge/core'
import { whenAborted } from './agent-turns.ts'
import { appOrigin, type MobileContext } from './mobile-context.ts'
import type { AgentOptions, AgentResult } from './shell.ts'

/** Some platforms say "dismissed" a moment before they hand over the link. */
const grace: Milliseconds = 1_000

/**
 * Sends the user to the authorization server and waits for the answer to this login, or for the user to give up. Giving up closes nothing: the
 * transaction stays open for its lifetime, and an answer that comes late is taken.
 */
export async function logIn(context: MobileContext, login: LoginOptions = {}): Promise<void> {
  const { options, relyingParty, desk, shell, arrivals, turns } = context
  const { redirectUri, ephemeral = false } = options
  const returnTo = login.returnTo === undefined ? {} : { returnTo: checkReturnTo(login.returnTo, appOrigin) }
  await context.prepare()
  for (const link of arrivals.takeKept()) await arrivals.receive(link)
  const { url, state } = await relyingParty.startLogin({ ...login, ...returnTo, redirectUri })
  await turns.run(async (signal) => {
    if (signal.aborted) return untilSuperseded(signal)
    const answer = desk.expect(state)
    try {
      await Promise.race([
        answer.finished,
        untilDismissed(context, { url, redirectUri, ephemeral }),
        untilSuperseded(signal),
      ])
    } finally {
      answer.stop()
      await shell.dismissAgent().catch(() => undefined)
    }
  })
}

interface Visit extends AgentOptions {
  readonly url: string
}

/** Opens the agent. @throws UsageError `user_agent_failed` */
export async function visit({ shell }: MobileContext, { url, ...options }: Visit): Promise<AgentResult> {
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

async function untilDismissed(context: MobileContext, options: Visit): Promise<never> {
  const result = await visit(context, options)
  if (result.type === 'answered') {
    // If it is not our answer but some other app's link, the agent is still there; coming back from it without an answer is a dismissal.
    await context.arrivals.receive(result.link)
    await context.arrivals.resumed()
  }
  await context.clock.sleep(grace)
  throw dismissed('The user closed the browser before the login was finished.')
}

async function untilSuperseded(signal: AbortSignal): Promise<never> {
  await whenAborted(signal)
  throw dismissed('Another call has taken the browser over.')
}

function dismissed(why: string): SessionError {
  return new SessionError(
    'login_dismissed',
    `${why} The session is as it was; an answer that comes late is taken.`,
  )
}

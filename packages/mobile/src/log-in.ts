import { checkReturnTo, type LoginOptions } from '@oauth-concierge/core'
import { appOrigin, type MobileContext } from './mobile-context.ts'
import { untilDismissed, untilSuperseded } from './visit-agent.ts'

/**
 * Sends the user to the authorization server and waits for the answer to this login, or for the user to give up. Giving up closes nothing: the
 * transaction stays open for its lifetime, and an answer that comes late is taken.
 */
export async function logIn(context: MobileContext, login: LoginOptions = {}): Promise<void> {
  const { options, relyingParty, desk, shell, clock, arrivals, turns } = context
  const { redirectUri, ephemeral = false } = options
  const returnTo = login.returnTo === undefined ? {} : { returnTo: checkReturnTo(login.returnTo, appOrigin) }
  await context.prepare()
  for (const link of arrivals.takeKept()) await arrivals.receive(link)
  const { url, state } = await relyingParty.startLogin({ ...login, ...returnTo, redirectUri })
  await turns.run(async (signal) => {
    if (signal.aborted) return untilSuperseded(signal)
    const answer = desk.expect(state)
    const dismissed = untilDismissed({ shell, clock, ...arrivals }, { url, redirectUri, ephemeral })
    try {
      await Promise.race([answer.finished, dismissed, untilSuperseded(signal)])
    } finally {
      answer.stop()
      await shell.dismissAgent().catch(() => undefined)
    }
  })
}

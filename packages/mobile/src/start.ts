import type { FinishedLogin } from '@oauth-concierge/core'
import type { LinkOutcome } from './link-desk.ts'
import type { MobileContext } from './mobile-context.ts'

/**
 * Follows the link that the app was started by, and those that came before anybody listened; restores the session where none of them
 * finished a login. A failed login leaves the session as it was, and is told.
 */
export async function start(context: MobileContext): Promise<FinishedLogin> {
  const { relyingParty, shell, arrivals } = context
  await context.prepare()
  const launchLink = await shell.launchLink()
  const links = [...(launchLink === undefined ? [] : [launchLink]), ...arrivals.takeKept()]
  const outcomes: LinkOutcome[] = []
  for (const link of links) outcomes.push(...(await claimed(context, link)))
  const finished = outcomes.find((outcome) => outcome.type === 'finished')
  if (finished) return finished.finished
  await relyingParty.restore()
  const failed = outcomes.find((outcome) => outcome.type === 'failed')
  if (failed) throw failed.error
  return {}
}

async function claimed({ desk }: MobileContext, link: string): Promise<readonly LinkOutcome[]> {
  const outcome = await desk.process(link)
  return desk.claim(outcome) ? [outcome] : []
}

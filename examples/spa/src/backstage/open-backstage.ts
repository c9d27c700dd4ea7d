import type { AuthSource } from '../auth-source.ts'
import { all, part } from '../dom.ts'
import { forgetExposure, showExposure } from './exposure/exposure-panel.ts'
import { copyReport, showReport } from './report.ts'
import type { Place } from './place.ts'
import { openStoreSwitch } from './store-switch.ts'
import { openTimeline } from './timeline/timeline-panel.ts'

/**
 * Opens what is behind the counter: where the tokens live, what a script finds there, what happens as it happens, and a report.
 * Gives what its buttons do, by their `data-action`.
 * @param renew makes the session call an API and renew its access token
 */
export function openBackstage(
  source: AuthSource,
  renew: () => Promise<unknown>,
): Readonly<Record<string, () => Promise<unknown>>> {
  const { auth, choice, place } = source
  const timeline = openTimeline()
  let status = auth.session.status
  auth.subscribe(() => {
    if (auth.session.status !== status) forgetExposure()
    ;({ status } = auth.session)
  })
  showPlace(choice?.store ?? place)
  part('report-panel').hidden = auth.explain === undefined
  return {
    ...(choice && openStoreSwitch(auth, choice)),
    'look-around': () => showExposure({ ...source, renew }),
    'forget-events': async () => timeline.forget(),
    'show-report': () => showReport(source),
    'copy-report': () => copyReport(source),
  }
}

function showPlace(place: Place | undefined): void {
  if (!place) return
  for (const element of all('[data-part="place-title"]')) element.textContent = place.title
  for (const element of all('[data-part="place-words"]')) element.textContent = place.words
}

import { memory } from '@oauth-concierge/bff'
import type { FaultName } from '@oauth-concierge/reference-server'
import { createReferenceRig } from '../contract/bff/reference-rig.ts'

/** What came of a logout that the server told a backend of. */
export interface BackchannelLogout {
  /** The backend's answer to the server. */
  readonly status: number | undefined
  /** What the user's session is afterwards. */
  readonly session: string
}

/** Logs a user in at a backend, ends the session at the server, and lets that tell the backend of it, with a fault if one is named. */
export async function logOutAtServer(fault?: FaultName): Promise<BackchannelLogout> {
  const rig = createReferenceRig({ sessions: memory(), idTokenAlgorithms: ['ES256'] })
  const browser = rig.newBrowser()
  await rig.logIn(browser)
  if (fault) rig.server.faults.on(fault)
  rig.server.revokeSession({ username: 'ada' })
  await rig.server.settled()
  const [told] = rig.server.ledger.events.filter(({ type }) => type === 'backchannel_logout')
  const { status } = (await (await browser.fetch('/auth/session')).json()) as { readonly status: string }
  return { status: told?.status, session: status }
}

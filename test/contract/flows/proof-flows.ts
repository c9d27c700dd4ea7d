import { expect } from 'vitest'
import { getTokenInOwnName } from './grant-flows.ts'
import { createGuest, logIn } from './guest.ts'
import type { Visit } from './visit.ts'

/** Proves the client in whatever way the visit was opened for: at the exchange of a code, or, without pages, in its own name. */
export async function proveClient(visit: Visit): Promise<void> {
  if (visit.server === 'gluu') return getTokenInOwnName(visit)
  const guest = createGuest(visit)
  await logIn(visit, guest)
  expect(guest.session.status).toBe('authenticated')
}

import {
  createMemoryKeyStore,
  dpop,
  pushedAuthorization,
  privateKeyJwt,
  type RelyingPartyOptions,
} from '@oauth-concierge/core'
import { createGuest, logIn } from '../contract/flows/guest.ts'
import { openVisit } from '../contract/flows/open-visit.ts'
import type { Needs } from '../contract/flows/visit.ts'

/** A login as FAPI 2.0 wants it, and a call of an API with its token; gives the status of the answer. */
export async function logInByFapi2(needs: Pick<Needs, 'dpop'>): Promise<number> {
  const visit = await openVisit('standard', { ...needs, proof: 'private_key_jwt', pushedRequestsOnly: true })
  const options: Partial<RelyingPartyOptions> = {
    clientAuthentication: privateKeyJwt(visit.signer),
    senderConstraint: dpop({ keys: createMemoryKeyStore() }),
    authorization: [pushedAuthorization({ mode: 'required' })],
  }
  const guest = createGuest(visit, options)
  await logIn(visit, guest)
  const { status } = await guest.for(`${visit.issuer}/resource`).fetch(`${visit.issuer}/resource`)
  return status
}

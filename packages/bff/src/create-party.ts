import {
  createRelyingParty,
  type Lock,
  type RelyingParty,
  type RelyingPartyOptions,
} from '@oauth-concierge/core'
import type { BffContext } from './bff-context.ts'

/** A relying party with stores of its own; what is known of the server is shared by all. It sends to no API itself. */
export function createParty(
  { options, server, senderConstraint }: BffContext,
  {
    lock = server.client.runtime.lock,
    ...stores
  }: Pick<RelyingPartyOptions, 'transactions' | 'vault'> & { readonly lock?: Lock },
): RelyingParty {
  return createRelyingParty({
    ...options,
    apis: [],
    server,
    runtime: { ...server.client.runtime, lock },
    ...(senderConstraint && { senderConstraint: () => senderConstraint }),
    ...stores,
  })
}

import type { Signer } from '@oauth-concierge/core'
import { acceptable } from '../credentials/key-chain.ts'
import { isCurrent, type LoadedKeys } from '../credentials/load-keys.ts'
import type { Proofs } from './attempt.ts'

/** Keys to prove an account with, of which one that served goes before the others. */
export interface SigningProofs extends Proofs<Signer> {
  /** Notes that the server took this one. */
  served(signer: Signer): void
}

/**
 * Tries the keys of an account in order. A refused key leads to one look at where the keys come from, before the next one is tried.
 * @param offered the algorithms that the server takes; undefined where it does not say
 */
export function createSigningProofs(
  keys: LoadedKeys,
  offered: () => Promise<readonly string[] | undefined> = async () => undefined,
): SigningProofs {
  let last: Signer | undefined
  const left = async (tried: readonly Signer[]): Promise<Signer | undefined> => {
    const signers = acceptable(keys.chain.signers, await offered())
    return signers.find((signer) => !tried.includes(signer))
  }
  return {
    first: async () => {
      await keys.refresh()
      if (isCurrent(keys, last)) return last
      // A chain of keys is never empty.
      return (await left([])) as Signer
    },
    other: async (tried) => {
      if (tried.length === 1 && (await keys.reload().catch(() => false))) return left([])
      return left(tried)
    },
    keyIdOf: ({ keyId }) => keyId,
    served: (signer) => {
      last = signer
    },
  }
}

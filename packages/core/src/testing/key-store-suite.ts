import type { KeyStore } from '../ports/key-store.ts'
import { check, type PortCase } from './port-case.ts'

/**
 * The behaviours of every KeyStore.
 * @param open gives a handle of a store; all handles of one case must see the same keys, and no keys of an earlier case
 */
export function keyStoreCases(open: () => Promise<KeyStore>): readonly PortCase[] {
  const all: Record<string, (store: KeyStore) => Promise<void>> = {
    'gives nothing for an absent name': async (store) => {
      check((await store.get('absent')) === undefined, 'there was a key before one was put')
    },
    'gives back a pair that signs for the same public key': async (store) => {
      const pair = await createPair()
      await store.put('name', pair)
      check(await belongTogether(await store.get('name'), pair), 'another pair came back')
    },
    'keeps the private key from being exported': async (store) => {
      await store.put('name', await createPair())
      const kept = await store.get('name')
      check(kept?.privateKey.extractable === false, 'the private key can be exported')
    },
    'keeps the first pair of a name and gives it to whoever puts another': async (store) => {
      const first = await createPair()
      await store.put('name', first)
      check(await belongTogether(await store.put('name', await createPair()), first), 'a put replaced a pair')
      check(await belongTogether(await store.get('name'), first), 'a put replaced a pair unseen')
    },
    'gives one pair to all who put at once': async (store) => {
      const pairs = await Promise.all([createPair(), createPair(), createPair()])
      const [first, ...others] = await Promise.all(pairs.map((pair) => store.put('name', pair)))
      for (const other of others) {
        check(first !== undefined && (await belongTogether(other, first)), 'two pairs were given out')
      }
    },
    'keeps names apart': async (store) => {
      const pair = await createPair()
      await store.put('one', pair)
      await store.put('two', await createPair())
      check(!(await belongTogether(await store.get('two'), pair)), 'two names share a pair')
    },
    'forgets what was deleted, and deletes what is absent': async (store) => {
      await store.put('name', await createPair())
      await store.delete('name')
      await store.delete('name')
      check((await store.get('name')) === undefined, 'a deleted pair came back')
    },
  }
  return Object.entries(all).map(([name, behaviour]) => ({ name, run: async () => behaviour(await open()) }))
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

function createPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
}

/** Whether what `kept` signs is verified by the public key of `pair`. */
async function belongTogether(kept: CryptoKeyPair | undefined, pair: CryptoKeyPair): Promise<boolean> {
  if (!kept) return false
  const data = new TextEncoder().encode('a proof')
  const signature = await crypto.subtle.sign(algorithm, kept.privateKey, data)
  return crypto.subtle.verify(algorithm, pair.publicKey, signature, data)
}

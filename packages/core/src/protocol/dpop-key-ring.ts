import { SessionError, StorageError } from '../errors.ts'
import type { KeyStore } from '../ports/key-store.ts'
import { type DpopAlgorithm, type DpopKey, generateDpopKey, readDpopKey } from './dpop-proof.ts'

/** The key of one client at one server, in memory and in its store. */
export interface DpopKeyRing {
  /** The key to log in with; made if there is none. @throws StorageError `key_not_kept`, `storage_failed` */
  prepare(): Promise<DpopKey>
  /** The key of this thumbprint; undefined: any. @throws SessionError `dpop_key_lost`; StorageError `key_not_kept`, `storage_failed` */
  find(thumbprint: string | undefined): Promise<DpopKey>
  /** @throws StorageError `storage_failed` */
  forget(): Promise<void>
}

/** Keeps one key under `name`. */
export function createDpopKeyRing(keys: KeyStore, name: string, algorithm: DpopAlgorithm): DpopKeyRing {
  let known: Promise<DpopKey | undefined> | undefined

  const load = (): Promise<DpopKey | undefined> => {
    known = keys.get(name).then((pair) => (isKept(pair) ? readDpopKey(pair) : undefined), storageFailed)
    return known
  }

  const make = async (): Promise<DpopKey> => {
    const pair = await generateDpopKey(algorithm)
      .then((made) => keys.put(name, made))
      .catch(() => undefined)
    if (isKept(pair)) {
      const key = readDpopKey(pair)
      known = key
      return key
    }
    throw new StorageError(
      'key_not_kept',
      `No ${algorithm} key can be kept here. createMemoryKeyStore() needs no storage.`,
    )
  }

  return {
    prepare: async () => (await load()) ?? make(),
    find: async (thumbprint) => {
      // The one in the store is another where somebody has logged in since.
      for (const source of [() => known, load]) {
        const key = await source()
        if (key && key.thumbprint === (thumbprint ?? key.thumbprint)) return key
      }
      if (thumbprint === undefined) return make()
      throw new SessionError(
        'dpop_key_lost',
        'The key of this session is gone. The user must log in again: call login().',
      )
    },
    forget: async () => {
      known = undefined
      await keys.delete(name).catch(storageFailed)
    },
  }
}

/** A store that cannot keep a key as it is may give back something else in its place. */
function isKept(pair: CryptoKeyPair | undefined): pair is CryptoKeyPair {
  return pair?.privateKey instanceof CryptoKey && !pair.privateKey.extractable
}

function storageFailed(): never {
  throw new StorageError('storage_failed', 'The key store could not be used.')
}

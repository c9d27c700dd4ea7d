/** Where a key pair that must never leave the device is kept, under a name. */
export interface KeyStore {
  get(name: string): Promise<CryptoKeyPair | undefined>
  /**
   * Keeps `pair` unless the name has one already, in one step for everybody who shares the store; gives the pair that is kept then.
   * Rejects when the store cannot keep a `CryptoKey` as it is. It never keeps key material in any other form.
   */
  put(name: string, pair: CryptoKeyPair): Promise<CryptoKeyPair>
  delete(name: string): Promise<void>
}

/** Keys in this object's memory: sessions that are bound to them end with the page or process. */
export function createMemoryKeyStore(): KeyStore {
  const pairs = new Map<string, CryptoKeyPair>()
  return {
    get: async (name) => pairs.get(name),
    put: async (name, pair) => {
      const kept = pairs.get(name) ?? pair
      pairs.set(name, kept)
      return kept
    },
    delete: async (name) => void pairs.delete(name),
  }
}

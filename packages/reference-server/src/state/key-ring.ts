import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { SigningAlg } from '../options.ts'

/** A key pair the server signs with, and its public half as it is published. */
export interface SigningKey {
  readonly alg: SigningAlg
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly publicJwk: JWK
}

/** How a rotation treats the keys before it. */
export interface RotateKeysOptions {
  /** True takes the earlier keys out of the key set at once. Default: they stay published. */
  readonly withdraw?: boolean
}

/** The server's keys. The first one is made when it is first needed. */
export interface KeyRing {
  /** The key to sign with now. */
  current(): Promise<SigningKey>
  /** Every published key, the current one first. */
  published(): Promise<readonly SigningKey[]>
  rotate(options?: RotateKeysOptions): Promise<void>
}

const publishedAtMost = 5

async function createSigningKey(alg: SigningAlg): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { alg, kid, privateKey, publicKey, publicJwk: { ...jwk, kid, alg, use: 'sig' } }
}

/** A ring with no key yet, for one algorithm. */
export function createKeyRing(alg: SigningAlg): KeyRing {
  let ring: Promise<readonly [SigningKey, ...SigningKey[]]> | undefined
  const keys = () => (ring ??= createSigningKey(alg).then((key) => [key]))
  return {
    current: async () => (await keys())[0],
    published: keys,
    async rotate({ withdraw = false } = {}) {
      const earlier = withdraw ? [] : await keys()
      const fresh = await createSigningKey(alg)
      ring = Promise.resolve([fresh, ...earlier.slice(0, publishedAtMost - 1)])
    },
  }
}

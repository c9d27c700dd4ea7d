import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { FaultSigner, Jwt } from './jwt.ts'

/** A signing key of the layer. */
export interface FaultKey extends FaultSigner {
  readonly kid: string
  readonly publicJwk: JWK
}

/** The server's own key, or how to get the one for a token. */
export type SignerSource = FaultSigner | ((token: Jwt) => FaultSigner | Promise<FaultSigner>)

/** The keys that tokens are signed with once they have been changed. */
export interface FaultKeys {
  /**
   * A key that clients trust to sign this token: the server's own where it was given.
   *
   * @throws TypeError for a token signed with a shared secret, when no signer was given
   */
  trusted(token: Jwt): Promise<FaultSigner>
  /** A new key, in the key set from now on. */
  rotated(alg: string): Promise<FaultKey>
  /** A key that is in the key set, for this algorithm and no other. */
  published(alg: string): Promise<FaultKey>
  /** A key of somebody else. */
  foreign(alg: string): Promise<FaultKey>
  /** True once a key set has to be added to, whatever is in it. */
  hasAdded(): boolean
  /** What the layer adds to a key set. */
  added(keySet: readonly JWK[]): Promise<readonly JWK[]>
}

const rotatedAtMost = 20

/** A new key pair for this algorithm, whose private half can be exported. */
export async function createFaultKey(alg: string): Promise<FaultKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { alg, kid, privateKey, publicJwk: { ...jwk, kid, alg, use: 'sig' } }
}

const defaultAlgs: Readonly<Record<string, string>> = {
  RSA: 'RS256',
  OKP: 'EdDSA',
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
}

/** The algorithms that the keys of a set are for. */
function algsOf(keySet: readonly JWK[]): Set<string> {
  const signing = keySet.filter(({ use }) => use !== 'enc')
  return new Set(
    signing.flatMap(
      ({ alg, kty, crv }) => alg ?? defaultAlgs[kty === 'EC' ? (crv ?? '') : (kty ?? '')] ?? [],
    ),
  )
}

/** One key for each algorithm, made when it is first needed. */
function createPool(): (alg: string) => Promise<FaultKey> {
  const keys = new Map<string, Promise<FaultKey>>()
  return (alg) => {
    const key = keys.get(alg) ?? createFaultKey(alg)
    keys.set(alg, key)
    return key
  }
}

/** The keys of a layer. Without a signer it has keys of its own, and adds them to every key set. */
export function createFaultKeys(signer: SignerSource | undefined): FaultKeys {
  const [own, extra, foreign] = [createPool(), createPool(), createPool()]
  const [ownAlgs, extraAlgs] = [new Set<string>(), new Set<string>()]
  let rotated: FaultKey[] = []
  const ownFor = (alg: string) => {
    ownAlgs.add(alg)
    return own(alg)
  }
  return {
    async trusted(token) {
      if (signer !== undefined) return typeof signer === 'function' ? signer(token) : signer
      const alg = String(token.header['alg'])
      if (alg.startsWith('HS'))
        throw new TypeError(`a token signed by ${alg} can be changed with a signer only`)
      return ownFor(alg)
    },
    foreign,
    published(alg) {
      extraAlgs.add(alg)
      return extra(alg)
    },
    async rotated(alg) {
      const key = await createFaultKey(alg)
      rotated = [key, ...rotated].slice(0, rotatedAtMost)
      return key
    },
    hasAdded: () => signer === undefined || rotated.length > 0 || extraAlgs.size > 0,
    async added(keySet) {
      const algs = signer === undefined ? new Set([...algsOf(keySet), ...ownAlgs]) : []
      const keys = await Promise.all([...[...algs].map(ownFor), ...[...extraAlgs].map(extra)])
      return [...rotated, ...keys].map(({ publicJwk }) => publicJwk)
    },
  }
}

import type { Signer } from '@oauth-concierge/core'
import { digest, identityOf } from '../cache/cache-key.ts'
import type { KeyImporter, KeyMaterial } from '../keys/import-key.ts'
import type { NamedKey } from './service-account-file.ts'

/** The keys of an account, of which several may be good at a time while one takes over from another. */
export interface KeyChain {
  /** Best first. */
  readonly signers: readonly Signer[]
  /** The same for the same keys, different for any others. Tells nothing about them. */
  readonly identity: string
}

/** By what they cost and what they give; what is not named comes last. */
const preference: readonly string[] = ['ES256', 'EdDSA', 'Ed25519', 'ES384', 'ES512', 'PS256', 'RS256']

/**
 * Imports keys, once.
 * @throws UsageError `key_unusable`, `invalid_configuration`
 */
export async function importKeyChain(keys: readonly NamedKey[], importKey: KeyImporter): Promise<KeyChain> {
  const signers = await Promise.all(keys.map(({ key, ...options }) => importKey(key, options)))
  const named = signers.map((signer, at) => [signer.alg, signer.keyId, nameOf(keys[at]?.key ?? '')])
  return { signers: signers.sort(byPreference), identity: await digest(JSON.stringify(named)) }
}

function nameOf(key: KeyMaterial): unknown {
  if (typeof key === 'string') return key
  return 'kty' in key ? key : identityOf(key)
}

function byPreference({ alg: one }: Signer, { alg: other }: Signer): number {
  return rank(one) - rank(other)
}

function rank(alg: string): number {
  const at = preference.indexOf(alg)
  return at < 0 ? preference.length : at
}

/** The signers whose algorithm the server takes; all of them where it does not say, or takes none. */
export function acceptable(
  signers: readonly Signer[],
  offered: readonly string[] | undefined,
): readonly Signer[] {
  const taken = signers.filter(({ alg }) => offered?.includes(alg))
  return taken.length > 0 ? taken : signers
}

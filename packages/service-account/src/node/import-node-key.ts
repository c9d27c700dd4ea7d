import { createPrivateKey, type KeyObject } from 'node:crypto'
import {
  type KeyImporter,
  type KeyMaterial,
  type KeyOptions,
  readySigner,
  requirePrivateJwk,
} from '../keys/import-key.ts'
import { keyUnusable, readPem } from '../keys/read-pem.ts'
import { signerFromKeyObject } from './key-object-signer.ts'

/**
 * Makes a signer of a private key by node:crypto: everything that the main entry takes, and keys encrypted with a passphrase.
 * @throws UsageError `key_unusable`, `invalid_configuration`
 */
export const importNodeKey: KeyImporter = async (key, options) => {
  const ready = await readySigner(key, options)
  if (ready) return ready
  const { object, keyId } = read(key, options)
  const { algorithm } = options
  return signerFromKeyObject(object, {
    ...(keyId !== undefined && { keyId }),
    ...(algorithm !== undefined && { algorithm }),
  })
}

function read(
  key: KeyMaterial,
  options: KeyOptions,
): { readonly object: KeyObject; readonly keyId: string | undefined } {
  if (typeof key === 'string') return { object: readText(key, options.passphrase), keyId: options.keyId }
  const jwk = requirePrivateJwk(key as JsonWebKey)
  const object = attempt(() => createPrivateKey({ key: key as Record<string, string>, format: 'jwk' }))
  if (!object) throw keyUnusable('jwk', `The ${jwk.kty} JWK is damaged, or of a kind that cannot sign here.`)
  return { object, keyId: options.keyId ?? jwk.kid }
}

function readText(text: string, passphrase: string | undefined): KeyObject {
  const { format, pem } = readPem(text)
  const isEncrypted = format === 'encrypted_pkcs8' || format === 'encrypted_pem'
  if (isEncrypted && passphrase === undefined)
    throw keyUnusable(format, 'The private key is encrypted: give its passphrase.')
  const object = attempt(() => createPrivateKey({ key: pem, ...(isEncrypted && { passphrase }) }))
  if (object) return object
  throw keyUnusable(
    format,
    isEncrypted
      ? 'The private key cannot be decrypted: the passphrase is wrong, or the key is damaged.'
      : 'The private key is damaged: its outside is right and its inside is not.',
  )
}

/** Without the words of OpenSSL, which help nobody. */
function attempt(create: () => KeyObject): KeyObject | undefined {
  try {
    return create()
  } catch {
    return undefined
  }
}

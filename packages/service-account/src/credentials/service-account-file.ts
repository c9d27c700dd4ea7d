import { isSecureUrl, UsageError } from '@oauth-concierge/core'
import type { KeyMaterial, KeyOptions } from '../keys/import-key.ts'
import { type CredentialReader, parseCredentials, unreadable } from './credential-source.ts'

/** A key, and what is to be known about it. */
export interface NamedKey extends KeyOptions {
  readonly key: KeyMaterial
}

/** What a credentials file says. */
export interface ServiceAccountFile {
  /** The account's name: `iss` of its assertions. */
  readonly account: string | undefined
  readonly clientId: string | undefined
  readonly issuer: string | undefined
  /** Where assertions are sent, and whom they are for. */
  readonly tokenEndpoint: string | undefined
  readonly keys: readonly NamedKey[]
}

/** Which members of a file hold what; of several names the first one that is there. */
interface FileForm {
  readonly account: readonly string[]
  readonly key: readonly string[]
  readonly keyId: readonly string[]
}

/** By the `type` of the file. */
const forms: Readonly<Record<string, FileForm>> = {
  service_account: { account: ['client_email'], key: ['private_key'], keyId: ['private_key_id'] },
  serviceaccount: { account: ['userId'], key: ['key'], keyId: ['keyId'] },
  application: { account: ['clientId'], key: ['key'], keyId: ['keyId'] },
}

const otherForm: FileForm = {
  account: ['client_id', 'clientId', 'client_email'],
  key: ['private_key', 'privateKey', 'key', 'jwk'],
  keyId: ['private_key_id', 'keyId', 'key_id', 'kid'],
}

const notForMachines: Readonly<Record<string, string>> = {
  authorized_user: 'It is a login of a person: use deviceLogin() or loopbackLogin().',
  external_account: 'It tells how to exchange the token of another system: use workloadIdentity().',
}

/**
 * Reads a credentials file: of a service account as cloud vendors and others write it, a JWK, a set of private JWKs, or a key alone.
 * @throws UsageError `credentials_unreadable`, `insecure_url`
 */
export async function readServiceAccountFile(reader: CredentialReader): Promise<ServiceAccountFile> {
  const file = parseCredentials(await reader.read(), reader.place)
  const type = textOf(file, ['type'])
  const form = (type && forms[type]) || otherForm
  if (type && notForMachines[type])
    throw unreadable(
      reader.place,
      `credentials of type "${type}" are no service account. ${notForMachines[type]}`,
    )
  return {
    account: textOf(file, form.account),
    clientId: textOf(file, ['client_id', 'clientId']),
    issuer: textOf(file, ['issuer']),
    tokenEndpoint: checkEndpoint(textOf(file, ['token_uri'])),
    keys: readKeys(file, form),
  }
}

function readKeys(file: Readonly<Record<string, unknown>>, form: FileForm): readonly NamedKey[] {
  if (typeof file['kty'] === 'string') return [nameByItself(file as JsonWebKey)]
  const keyId = textOf(file, form.keyId)
  const one = form.key.map((name) => file[name]).find((value) => value !== undefined)
  const several = Array.isArray(file['keys']) ? file['keys'] : []
  return [
    ...(isKey(one) ? [{ ...nameByItself(one), ...(keyId !== undefined && { keyId }) }] : []),
    ...several.filter(isKey).map(nameByItself),
  ]
}

function nameByItself(key: string | JsonWebKey): NamedKey {
  const kid = typeof key === 'string' ? undefined : (key as { readonly kid?: unknown }).kid
  return { key, ...(typeof kid === 'string' && { keyId: kid }) }
}

function isKey(value: unknown): value is string | JsonWebKey {
  return (
    (typeof value === 'string' && value !== '') ||
    (typeof value === 'object' && value !== null && 'kty' in value)
  )
}

function textOf(file: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  return names
    .map((name) => file[name])
    .find((value): value is string => typeof value === 'string' && value !== '')
}

function checkEndpoint(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  if (URL.canParse(address) && isSecureUrl(new URL(address))) return address
  throw new UsageError(
    'insecure_url',
    'token_uri of the credentials must be an https URL; plain http works on loopback only.',
  )
}

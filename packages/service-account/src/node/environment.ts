import type { Runtime } from '@oauth-concierge/core'
import { type CredentialReader, unreadable } from '../credentials/credential-source.ts'
import { tokenFromUrl } from '../credentials/token-from-url.ts'
import { keyFile } from './key-file.ts'

/** A variable's value. @throws UsageError `credentials_unreadable` */
function readVariable(name: string): string {
  const value = process.env[name]?.trim()
  if (value) return value
  throw unreadable(
    `The environment variable ${name}`,
    value === undefined ? 'it is not set.' : 'it is empty.',
  )
}

/**
 * Credentials in an environment variable: JSON, the same in base64, a key as PEM, or the path of a file with any of these.
 */
export function environment(name: string): CredentialReader {
  let file: CredentialReader | undefined
  return {
    place: `The environment variable ${name}`,
    identity: `variable ${name}`,
    read: async () => {
      const value = readVariable(name)
      file = looksLikePath(value) ? keyFile(value) : undefined
      return file ? file.read() : value
    },
    hasChanged: async () => (await file?.hasChanged?.()) ?? false,
  }
}

/** What begins like JSON, or like JSON or PEM in base64, or holds a PEM, is the content itself. */
function looksLikePath(value: string): boolean {
  return !/^["'{]|^e(yJ|wo|w0)|^LS0tLS1CRUdJTi|-----BEGIN /.test(value)
}

/** A token in an environment variable: read anew for each exchange. */
export function tokenFromEnvironment(name: string): CredentialReader {
  return {
    place: `The environment variable ${name}`,
    identity: `variable ${name}`,
    read: async () => readVariable(name),
  }
}

/**
 * The OpenID token of a GitHub Actions job, which needs the permission `id-token: write`: fetched anew for each exchange.
 * @param options.audience whom the token is for, as the authorization server expects it
 */
export function githubActionsToken(options: {
  readonly audience?: string
  readonly runtime?: Partial<Runtime>
}): CredentialReader {
  const { audience, runtime } = options
  return {
    place: 'The token of the GitHub Actions job',
    identity: `github ${audience ?? ''}`,
    read: () => {
      const url = new URL(readVariable('ACTIONS_ID_TOKEN_REQUEST_URL'))
      if (audience !== undefined) url.searchParams.set('audience', audience)
      const headers = { authorization: `Bearer ${readVariable('ACTIONS_ID_TOKEN_REQUEST_TOKEN')}` }
      return tokenFromUrl({ url: url.href, headers, field: 'value', ...(runtime && { runtime }) }).read()
    },
  }
}

import type { CredentialReader, CredentialSource } from '../credentials/credential-source.ts'
import {
  serviceAccount as createServiceAccount,
  type ServiceAccount,
  type ServiceAccountOptions,
} from '../service-account.ts'
import { environment } from './environment.ts'
import { keyFile } from './key-file.ts'
import { withNodeDefaults } from './node-defaults.ts'

/** Where credentials are, on a machine with files and an environment. */
export type CredentialPlace = { readonly keyFile: string } | { readonly env: string }

/**
 * A service account: signs assertions with its key and exchanges them for access tokens (the JWT bearer grant). Reads the credentials and
 * imports their keys; asks the server for nothing yet. A file is looked at before each exchange, and read again when it has changed.
 *
 *     const account = await serviceAccount({ keyFile: 'sa.json', scope: 'orders.read', apis: ['https://api.example.com'] })
 *
 * @param source `{ keyFile }`: a path. `{ env }`: the name of an environment variable with the credentials or with a path. Or whatever the main
 * entry takes.
 * @param options may also stand beside `keyFile` or `env`
 * @throws UsageError `credentials_unreadable`, `key_unusable`, `invalid_configuration`, `insecure_url`
 * @see RFC 7523 section 2.1
 */
export function serviceAccount(
  source: CredentialSource | (CredentialPlace & ServiceAccountOptions),
  options: ServiceAccountOptions = {},
): Promise<ServiceAccount> {
  const reader = readerAt(source)
  if (!reader) return createServiceAccount(source, withNodeDefaults(options))
  const {
    keyFile: _,
    env: __,
    ...beside
  } = source as ServiceAccountOptions & { readonly keyFile?: string; readonly env?: string }
  return createServiceAccount(reader, withNodeDefaults({ ...beside, ...options }))
}

function readerAt(source: CredentialSource): CredentialReader | undefined {
  if (typeof source === 'string') return undefined
  if ('keyFile' in source && typeof source.keyFile === 'string') return keyFile(source.keyFile)
  return 'env' in source && typeof source.env === 'string' ? environment(source.env) : undefined
}

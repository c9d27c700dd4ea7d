import {
  clientCredentials,
  type CredentialReader,
  deviceLogin,
  environment,
  fileTokenStore,
  keyFile,
  privateKeyJwt,
  serviceAccount,
  type ServerDescription,
  type SourceOptions,
  type TokenSource,
} from '@oauth-concierge/service-account/node'
import { wrongUsage } from '../command.ts'
import type { Terminal } from '../terminal.ts'
import { clientSecretVariable, readClientSecret } from './read-client-secret.ts'
import { requireOption } from './require-option.ts'

/** Where the passphrase of an encrypted key may stand. */
export const passphraseVariable = 'CONCIERGE_KEY_PASSPHRASE'

/** How a token can be got, by the names of the options. */
export interface TokenRequest {
  readonly 'key-file'?: string
  readonly env?: string
  readonly issuer?: string
  readonly 'token-endpoint'?: string
  readonly 'client-id'?: string
  readonly 'client-secret'?: string
  readonly grant?: string
  readonly store?: string
  readonly scope?: string
  readonly audience?: string
  readonly resource?: readonly string[]
  readonly subject?: string
  readonly 'key-id'?: string
}

/**
 * The source of the token that was asked for.
 * @throws UsageError `invalid_configuration`, `insecure_url`, `credentials_unreadable`, `key_unusable`
 */
export async function tokenSourceOf(values: TokenRequest, terminal: Terminal): Promise<TokenSource> {
  const hasKey = values['key-file'] !== undefined || values.env !== undefined
  if (values['key-file'] !== undefined && values.env !== undefined)
    throw wrongUsage('--key-file and --env exclude each other.')
  if (values.subject !== undefined && !hasKey)
    throw wrongUsage('--subject needs the key of a service account.')
  if (values.store !== undefined) return storedLogin(values, terminal)
  if (!hasKey) return byClientSecret(values, terminal)
  return isForClient(values.grant) ? byClientKey(values, terminal) : byServiceAccount(values, terminal)
}

function isForClient(grant: string | undefined = 'jwt-bearer'): boolean {
  if (grant === 'jwt-bearer' || grant === 'client-credentials') return grant === 'client-credentials'
  throw wrongUsage('--grant is jwt-bearer or client-credentials.')
}

function byServiceAccount(values: TokenRequest, terminal: Terminal): Promise<TokenSource> {
  const { issuer, subject } = values
  return serviceAccount(credentialsOf(values, terminal), {
    ...targetOf(values, terminal),
    ...keyOptionsOf(values, terminal),
    ...(values['token-endpoint'] !== undefined ? serverOf(values) : issuer !== undefined && { issuer }),
    ...(values['client-id'] !== undefined && { clientId: values['client-id'] }),
    ...(subject !== undefined && { subject }),
  })
}

function byClientKey(values: TokenRequest, terminal: Terminal): Promise<TokenSource> {
  return privateKeyJwt({
    ...targetOf(values, terminal),
    ...keyOptionsOf(values, terminal),
    ...serverOf(values),
    clientId: requireOption(values['client-id'], 'client-id'),
    key: credentialsOf(values, terminal),
  })
}

async function byClientSecret(values: TokenRequest, terminal: Terminal): Promise<TokenSource> {
  const clientId = values['client-id']
  if (clientId === undefined)
    throw wrongUsage('Nothing says whose token it is: give --key-file, --env, or --client-id with a secret.')
  const clientSecret = await readClientSecret(values['client-secret'], terminal)
  if (clientSecret === undefined)
    throw wrongUsage(`There is no secret: set ${clientSecretVariable}, or pipe it in with --client-secret -.`)
  return clientCredentials({ ...targetOf(values, terminal), ...serverOf(values), clientId, clientSecret })
}

/** It starts no login: whoever asks for a token may be a script. */
function storedLogin(values: TokenRequest, { runtime }: Terminal): TokenSource {
  return deviceLogin({
    ...serverOf(values),
    clientId: requireOption(values['client-id'], 'client-id'),
    store: fileTokenStore(requireOption(values.store, 'store')),
    logInOnDemand: false,
    prompt: () => undefined,
    ...(runtime && { runtime }),
  })
}

function credentialsOf(values: TokenRequest, { writeError }: Terminal): CredentialReader {
  const path = values['key-file']
  const warn = (message: string): void => writeError(`Warning: ${message}\n`)
  return path === undefined ? environment(values.env ?? '') : keyFile(path, { warn })
}

function targetOf({ scope, audience, resource }: TokenRequest, { runtime }: Terminal): SourceOptions {
  return {
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    ...(resource && { resource }),
    ...(runtime && { runtime }),
  }
}

function keyOptionsOf(
  values: TokenRequest,
  { env }: Terminal,
): { readonly keyId?: string; readonly passphrase?: string } {
  const passphrase = env[passphraseVariable]
  return {
    ...(values['key-id'] !== undefined && { keyId: values['key-id'] }),
    ...(passphrase && { passphrase }),
  }
}

/** A server without metadata has no other name than its token endpoint, unless it is given one. */
function serverOf(values: TokenRequest): ServerDescription {
  const tokenEndpoint = values['token-endpoint']
  if (tokenEndpoint === undefined) return { issuer: requireOption(values.issuer, 'issuer') }
  return {
    issuer: values.issuer ?? tokenEndpoint,
    issuerKind: 'name',
    metadata: { token_endpoint: tokenEndpoint },
  }
}

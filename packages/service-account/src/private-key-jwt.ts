import { privateKeyJwt as authenticateByKey, type Signer } from '@oauth-concierge/core'
import { attemptWithProofs } from './assertion/attempt.ts'
import { createSigningProofs } from './assertion/signing-proofs.ts'
import { requestAsClient } from './client-credentials.ts'
import { type CredentialReader, readerOf } from './credentials/credential-source.ts'
import { loadKeys } from './credentials/load-keys.ts'
import type { NamedKey } from './credentials/service-account-file.ts'
import { importKey, type KeyImporter, type KeyMaterial, type KeyOptions } from './keys/import-key.ts'
import { createMachine, requireText, type ServerDescription, type SourceOptions } from './machine/machine.ts'
import { createTargetedSource, type TargetedTokenSource } from './machine/targeted-source.ts'
import { asClient } from './machine/as-client.ts'

/** How a client with a key gets tokens in its own name. */
export interface PrivateKeyJwtOptions extends SourceOptions, ServerDescription, KeyOptions {
  readonly clientId: string
  /** The client's private key: PEM, a JWK, a `CryptoKey`, a `Signer` of a key service, or a way to read it. */
  readonly key?: KeyMaterial | CredentialReader
  /** Further keys of the client, while one takes over from another. */
  readonly keys?: readonly NamedKey[]
  /** `aud` of the client assertion, for a server that wants its token endpoint named. Default: the issuer, which no other server accepts. */
  readonly assertionAudience?: string
  /** How keys are imported. Default: by WebCrypto. */
  readonly importKey?: KeyImporter
}

/**
 * Access tokens in a client's own name (the client credentials grant), the client proving itself by a signed assertion in place of a secret.
 * Imports the keys; asks the server for nothing yet.
 * @throws UsageError `credentials_unreadable`, `key_unusable`, `invalid_configuration`, `insecure_url`
 * @see RFC 7523 section 2.2, OpenID Connect Core section 9
 */
export async function privateKeyJwt(options: PrivateKeyJwtOptions): Promise<TargetedTokenSource> {
  const { assertionAudience: audience } = options
  const clientId = requireText(options.clientId, 'clientId')
  const keys = await loadKeys({
    reader: readerOfKey(options.key),
    options: isBare(options.key)
      ? { ...options, keys: [{ ...options, key: options.key }, ...(options.keys ?? [])] }
      : options,
    importKey: options.importKey ?? importKey,
  })
  const machine = createMachine({ ...options, clientId }, () => undefined)
  const { tokenClient, serverTime } = machine
  const proofs = createSigningProofs(
    keys,
    async () => (await tokenClient.metadata()).token_endpoint_auth_signing_alg_values_supported,
  )
  return createTargetedSource(
    machine,
    {
      name: 'private key',
      identify: () => () => keys.chain.identity,
      request: (_, target) =>
        attemptWithProofs(proofs, serverTime, async (signer) => {
          const authentication = authenticateByKey(signer, audience === undefined ? {} : { audience })
          const response = await requestAsClient(
            { ...machine, tokenClient: asClient(tokenClient, authentication) },
            target,
          )
          proofs.served(signer)
          return response
        }),
    },
    options,
  )
}

/** What is no text and no JWK cannot be read as credentials: it is a key by itself. */
function isBare(key: PrivateKeyJwtOptions['key']): key is CryptoKey | Signer {
  return typeof key === 'object' && (key instanceof CryptoKey || 'sign' in key)
}

function readerOfKey(key: PrivateKeyJwtOptions['key']): CredentialReader {
  return readerOf(key === undefined || isBare(key) ? {} : key)
}

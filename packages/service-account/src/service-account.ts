import {
  type ClientAuthentication,
  requestJwtBearer,
  type Seconds,
  type Signer,
  UsageError,
} from '@oauth-concierge/core'
import { createSigningProofs } from './assertion/signing-proofs.ts'
import { attemptWithProofs } from './assertion/attempt.ts'
import { readLifetime, signAssertion } from './assertion/sign-assertion.ts'
import { type CredentialSource, readerOf } from './credentials/credential-source.ts'
import { loadKeys } from './credentials/load-keys.ts'
import type { NamedKey, ServiceAccountFile } from './credentials/service-account-file.ts'
import { importKey, type KeyImporter } from './keys/import-key.ts'
import {
  createMachine,
  requireText,
  type ServerDescription,
  type SourceOptions,
  targetParameters,
} from './machine/machine.ts'
import { createTargetedSource, type TargetedTokenSource } from './machine/targeted-source.ts'
import type { TokenTarget } from './token-source.ts'

/** What a service account asks for. */
export interface ServiceAccountTarget extends TokenTarget {
  /** The user to act for, where the server lets the account do so. Default: the account itself. */
  readonly subject?: string
}

/** What an assertion says, where that is not what the kind of credentials calls for. */
export interface AssertionRules {
  /** `iss`. Default: the account's name in the credentials. */
  readonly issuer?: string
  /**
   * `aud`. Default: `token_uri` where the credentials name one and no `issuer` is given, as their servers demand; else the issuer, which no
   * other server accepts. It is never taken from metadata.
   */
  readonly audience?: string
  /** Where `scope` goes. Default: into the assertion where the credentials name a `token_uri` and no `issuer` is given; else into the request. */
  readonly scopeIn?: 'assertion' | 'request'
  /** From `iat` to `exp`. Default 300; more than 3,600 counts as that. */
  readonly lifetime?: Seconds
  /** Claims of the server's own. They replace none of the others. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** How a service account gets its tokens. */
export interface ServiceAccountOptions
  extends ServiceAccountTarget, SourceOptions, Partial<ServerDescription> {
  /** The authorization server's issuer identifier. Default: what the credentials name; those with a `token_uri` need none. */
  readonly issuer?: string
  /** Default: what the credentials name. */
  readonly clientId?: string
  /** `kid` of the credentials' key, where they do not name it. */
  readonly keyId?: string
  /** JWS algorithm. Default: RS256 for an RSA key; of other keys there is one only. */
  readonly algorithm?: string
  /** Of an encrypted key. Needs `./node`. */
  readonly passphrase?: string
  /** Further keys of the account, while one takes over from another. ES256 is tried first, and whichever served last before the others. */
  readonly keys?: readonly NamedKey[]
  readonly assertion?: AssertionRules
  /** How the client proves itself beside the assertion. Default: not at all, the assertion is proof enough. */
  readonly clientAuthentication?: ClientAuthentication
  /** How keys are imported. Default: by WebCrypto. */
  readonly importKey?: KeyImporter
}

/** Gives the tokens of a service account. */
export type ServiceAccount = TargetedTokenSource<ServiceAccountTarget>

/**
 * A service account: signs assertions with its key and exchanges them for access tokens (the JWT bearer grant). Reads the credentials and
 * imports their keys; asks the server for nothing yet.
 * @param source the credentials: parsed JSON, JSON as text, a key alone, or a way to read them (`./node` reads files and variables)
 * @throws UsageError `credentials_unreadable`, `key_unusable`, `invalid_configuration`, `insecure_url`
 * @see RFC 7523 section 2.1
 */
export async function serviceAccount(
  source: CredentialSource,
  options: ServiceAccountOptions = {},
): Promise<ServiceAccount> {
  const reader = readerOf(source)
  const keys = await loadKeys({ reader, options, importKey: options.importKey ?? importKey })
  const plan = planAssertion(keys.file, options)
  const proofs = createSigningProofs(keys)
  const machine = createMachine({ ...options, ...plan.server }, options.clientAuthentication ?? nothing)
  const { tokenClient, serverTime } = machine
  const { clock } = tokenClient.client.runtime

  return createTargetedSource<ServiceAccountTarget>(
    machine,
    {
      name: 'service account',
      identify:
        ({ subject }) =>
        () =>
          JSON.stringify([keys.chain.identity, plan.issuer, subject, plan.audience]),
      request: ({ subject = plan.subject }, target) =>
        attemptWithProofs(proofs, serverTime, async (signer: Signer) => {
          const inAssertion = plan.scopeIn === 'assertion'
          const content = { ...plan, subject, scope: inAssertion ? target.scope : undefined }
          const response = await requestJwtBearer(tokenClient, {
            assertion: () => signAssertion(signer, clock, content),
            ...targetParameters(machine, inAssertion ? { ...target, scope: undefined } : target),
          })
          proofs.served(signer)
          return response
        }),
    },
    options,
  )
}

/** The assertion says who asks. */
const nothing: ClientAuthentication = () => undefined

interface AssertionPlan {
  readonly server: ServerDescription & { readonly clientId: string }
  readonly issuer: string
  readonly subject: string | undefined
  readonly audience: string
  readonly scopeIn: 'assertion' | 'request'
  readonly lifetime: Seconds
  readonly claims: Readonly<Record<string, unknown>> | undefined
}

/** By the file where that names a `token_uri`, as its server demands; by the book where an issuer is given. */
function planAssertion(file: ServiceAccountFile, options: ServiceAccountOptions): AssertionPlan {
  const { assertion = {} } = options
  const account = requireText(
    assertion.issuer ?? file.account ?? options.clientId,
    'The name of the account (clientId)',
  )
  const clientId = options.clientId ?? file.clientId ?? account
  const common = { issuer: account, lifetime: readLifetime(assertion.lifetime), claims: assertion.claims }
  const issuer = options.issuer ?? file.issuer
  const { tokenEndpoint } = file
  if (issuer === undefined && tokenEndpoint !== undefined) {
    return {
      ...common,
      server: {
        issuer: tokenEndpoint,
        issuerKind: 'name',
        metadata: { token_endpoint: tokenEndpoint },
        clientId,
      },
      subject: undefined,
      audience: assertion.audience ?? tokenEndpoint,
      scopeIn: assertion.scopeIn ?? 'assertion',
    }
  }
  if (issuer === undefined) {
    throw new UsageError(
      'invalid_configuration',
      'The credentials name neither token_uri nor issuer: give the option issuer.',
    )
  }
  return {
    ...common,
    server: { issuer, clientId },
    subject: account,
    audience: assertion.audience ?? issuer,
    scopeIn: assertion.scopeIn ?? 'request',
  }
}

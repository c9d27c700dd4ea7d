import {
  type ClientAuthentication,
  publicClient,
  requestJwtBearer,
  type TokenResponse,
  tokenTypes,
} from '@oauth-concierge/core'
import { attemptWithProofs, type Proofs } from './assertion/attempt.ts'
import { identityOf, type NormalTarget } from './cache/cache-key.ts'
import { requestAsClient } from './client-credentials.ts'
import { type CredentialReader, unreadable } from './credentials/credential-source.ts'
import { asClient } from './machine/as-client.ts'
import {
  createMachine,
  type Machine,
  type ServerDescription,
  type SourceOptions,
  targetParameters,
} from './machine/machine.ts'
import { createTargetedSource, type TargetedTokenSource } from './machine/targeted-source.ts'
import { exchangeFor } from './token-exchange.ts'

/** How the platform's token is used. */
export type WorkloadTokenUse = 'assertion' | 'client-assertion' | 'exchange'

/** Where a workload has its token from, and what it gets for it. */
export interface WorkloadIdentityOptions extends SourceOptions, ServerDescription {
  /** Reads the platform's token: `tokenFromUrl()`, or of `./node` `tokenFromFile()`, `tokenFromEnvironment()`, `githubActionsToken()`. */
  readonly token: CredentialReader | (() => Promise<string>)
  /**
   * `assertion`: as the grant (RFC 7523 section 2.1). `client-assertion`: as the client's proof in client credentials (section 2.2).
   * `exchange`: as the subject of a token exchange (RFC 8693).
   */
  readonly use: WorkloadTokenUse
  /** Needed for `client-assertion`; for the others where the server wants a client. */
  readonly clientId?: string
  /** How the client proves itself beside the token. Default: not at all. */
  readonly clientAuthentication?: ClientAuthentication
  /** For `exchange`. Default: a JWT. */
  readonly subjectTokenType?: string
}

const noClient: ClientAuthentication = () => undefined

/**
 * Access tokens for a workload that has a token of the platform it runs on (Kubernetes, a build system, SPIFFE), and no secret of its own. The
 * token is read anew for each exchange, and once more where the server refuses it, so it may be replaced at any time. Does no I/O yet.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_malformed` for `metadata` given by hand
 * @see RFC 7521, RFC 7523, RFC 8693
 */
export function workloadIdentity(options: WorkloadIdentityOptions): TargetedTokenSource {
  const { token, clientId, clientAuthentication } = options
  const authentication = clientAuthentication ?? (clientId === undefined ? noClient : publicClient())
  const machine = createMachine({ ...options, clientId: clientId ?? 'workload' }, authentication)
  const read = readerOfToken(token)
  const identity = JSON.stringify([options.use, options.subjectTokenType, read.identity])
  const proofs: Proofs<string> = {
    first: read.read,
    other: async (tried) => {
      const again = tried.length === 1 ? await read.read() : undefined
      return again !== undefined && tried.includes(again) ? undefined : again
    },
    keyIdOf: () => undefined,
  }
  return createTargetedSource(
    machine,
    {
      name: 'workload',
      identify: () => () => identity,
      request: (_, target) =>
        attemptWithProofs(proofs, notOurClock, (proof) =>
          senders[options.use](machine, options, { proof, target }),
        ),
    },
    options,
  )
}

/** Another platform dated the token, so that this machine's clock is not what it is refused for. */
const notOurClock = { learn: () => false, offset: () => 0 }

interface Sent {
  readonly proof: string
  readonly target: NormalTarget
}

type Send = (machine: Machine, options: WorkloadIdentityOptions, sent: Sent) => Promise<TokenResponse>

const senders: Readonly<Record<WorkloadTokenUse, Send>> = {
  assertion: (machine, _, { proof, target }) =>
    requestJwtBearer(machine.tokenClient, { assertion: proof, ...targetParameters(machine, target) }),
  'client-assertion': ({ tokenClient, extraParameters }, _, { proof, target }) =>
    requestAsClient({ extraParameters, tokenClient: asClient(tokenClient, byAssertion(proof)) }, target),
  exchange: (machine, { subjectTokenType = tokenTypes.jwt }, { proof, target }) =>
    exchangeFor(machine, { subjectTokenType }, { subjectToken: proof, normal: target }),
}

/** @see RFC 7521 section 4.2 */
function byAssertion(assertion: string): ClientAuthentication {
  return (_, client, body) => {
    body.set('client_id', client.client_id)
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    body.set('client_assertion', assertion)
  }
}

const longestToken = 65_536

function readerOfToken(token: WorkloadIdentityOptions['token']): {
  readonly identity: string
  read(): Promise<string>
} {
  const place = typeof token === 'function' ? 'the token of the workload' : token.place
  const read = typeof token === 'function' ? token : () => token.read()
  return {
    identity: (typeof token === 'function' ? undefined : token.identity) ?? identityOf(token),
    read: async () => {
      const text = await read()
      const trimmed = typeof text === 'string' ? text.replace(/^\uFEFF/, '').trim() : ''
      if (/^\S+$/.test(trimmed) && trimmed.length <= longestToken) return trimmed
      throw unreadable(place, 'it holds no token: it is empty, too long, or has spaces in it.')
    },
  }
}

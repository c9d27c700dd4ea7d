import {
  type ClientAuthentication,
  requestClientCredentials,
  type TokenResponse,
} from '@oauth-concierge/core'
import { digest, identityOf, type NormalTarget } from './cache/cache-key.ts'
import { clientSecretOf } from './machine/client-secret-of.ts'
import {
  createMachine,
  type Machine,
  requireText,
  type ServerDescription,
  type SourceOptions,
  targetParameters,
} from './machine/machine.ts'
import { remember } from './machine/remember.ts'
import { createTargetedSource, type TargetedTokenSource } from './machine/targeted-source.ts'

/** How a client with a secret, or another proof, gets tokens in its own name. */
export interface ClientCredentialsSourceOptions extends SourceOptions, ServerDescription {
  readonly clientId: string
  /** Sent by HTTP Basic. For another way give `clientAuthentication`: `clientSecretPost(secret)`, `mutualTls()` … */
  readonly clientSecret?: string
  /** How the client proves itself, in place of a secret. */
  readonly clientAuthentication?: ClientAuthentication
}

/**
 * Access tokens in a client's own name (the client credentials grant). Does no I/O yet.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_malformed` for `metadata` given by hand
 * @see RFC 6749 section 4.4
 */
export function clientCredentials(options: ClientCredentialsSourceOptions): TargetedTokenSource {
  const { clientId, clientSecret, clientAuthentication } = options
  const authentication = clientAuthentication ?? clientSecretOf(options)
  const machine = createMachine({ ...options, clientId: requireText(clientId, 'clientId') }, authentication)
  const identity = clientAuthentication
    ? () => identityOf(clientAuthentication)
    : remember(() => digest(JSON.stringify([clientId, clientSecret])))
  return createTargetedSource(
    machine,
    {
      name: 'client credentials',
      identify: () => identity,
      request: (_, target) => requestAsClient(machine, target),
    },
    options,
  )
}

/** One request of the client credentials grant. */
export function requestAsClient(
  machine: Pick<Machine, 'tokenClient' | 'extraParameters'>,
  target: NormalTarget,
): Promise<TokenResponse> {
  return requestClientCredentials(machine.tokenClient, targetParameters(machine, target))
}

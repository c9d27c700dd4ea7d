import { UsageError } from '../errors.ts'
import { completeRuntime } from '../ports/default-runtime.ts'
import type { Runtime } from '../ports/runtime.ts'
import {
  type Client,
  type ClientAuthentication,
  defaultIdTokenAlgorithms,
  type ServerHabits,
} from '../protocol/client.ts'
import { publicClient } from '../protocol/client-authentication.ts'
import type { SenderConstraintFactory } from '../protocol/sender-constraint.ts'

/** How a client is registered at its authorization server. */
export interface ClientOptions {
  /** The authorization server's issuer identifier, exactly as it calls itself. */
  readonly issuer: string
  readonly clientId: string
  /** How the client proves itself. Default: `publicClient()`. */
  readonly clientAuthentication?: ClientAuthentication
  /** JWS algorithms an ID token may be signed with. Default: every sound asymmetric one. */
  readonly idTokenAlgorithms?: readonly string[]
  /** Ways of this server that no specification has, made by `serverHabits()`. Default: none, it goes by the book. */
  readonly serverHabits?: ServerHabits
  /** Binds the tokens to a key of this device: `dpop({ keys })`. Default: they serve whoever holds them. */
  readonly senderConstraint?: SenderConstraintFactory
  readonly runtime?: Partial<Runtime>
}

/**
 * The client that the options describe.
 * @throws UsageError `invalid_configuration`
 */
export function readClient(options: ClientOptions): Client {
  const { issuer, clientId, idTokenAlgorithms = defaultIdTokenAlgorithms, serverHabits } = options
  if (typeof clientId !== 'string' || clientId === '') {
    throw new UsageError(
      'invalid_configuration',
      'clientId must be the id under which the client is registered.',
    )
  }
  if (idTokenAlgorithms.some((alg) => !defaultIdTokenAlgorithms.includes(alg))) {
    throw new UsageError(
      'invalid_configuration',
      `idTokenAlgorithms may hold only ${defaultIdTokenAlgorithms.join(', ')}.`,
    )
  }
  const authentication = options.clientAuthentication ?? publicClient()
  const runtime = completeRuntime(options.runtime)
  const senderConstraint = options.senderConstraint?.({ issuer, clientId, runtime })
  return { issuer, clientId, idTokenAlgorithms, authentication, serverHabits, senderConstraint, runtime }
}

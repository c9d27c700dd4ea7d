import type { ClientAuth } from 'oauth4webapi'
import { UsageError } from '../errors.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { SenderConstraint } from './sender-constraint.ts'

/** A relying party as the authorization server knows it, and what it takes to speak for it. */
export interface Client {
  /** Compared byte for byte with what the server says of itself. */
  readonly issuer: string
  readonly clientId: string
  /** JWS algorithms that an ID token may be signed with. */
  readonly idTokenAlgorithms: readonly string[]
  /** How the client proves itself to the authorization server. */
  readonly authentication: ClientAuthentication
  readonly serverHabits?: ServerHabits | undefined
  /** What the tokens are bound to; undefined where they serve whoever holds them. */
  readonly senderConstraint?: SenderConstraint | undefined
  readonly runtime: Runtime
}

/**
 * Sends one request to the authorization server and puts its answer into the standard's form. Made by `serverHabits()`.
 * @param send rejects with a TransportError where no answer of an authorization server came
 * @param body of the request, form-encoded
 */
export type ServerHabits = (send: () => Promise<Response>, body: unknown) => Promise<Response>

/**
 * Adds a client's proof to a request. Made by `publicClient()` and the like.
 * @see RFC 6749 section 2.3, OpenID Connect Core section 9
 */
export type ClientAuthentication = ClientAuth

/** Asymmetric and sound; `none` and the symmetric ones are never among them. */
export const defaultIdTokenAlgorithms: readonly string[] = [
  'ES256',
  'PS256',
  'EdDSA',
  'Ed25519',
  'RS256',
  'ES384',
  'ES512',
  'PS384',
  'PS512',
  'RS384',
  'RS512',
]

const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/

/** Whether a URL may carry credentials: https, or http that never leaves this machine. */
export function isSecureUrl(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname))
}

/**
 * Checks the issuer identifier that a developer configured.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 * @see RFC 8414 section 2
 */
export function checkIssuer(issuer: string): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  if (!url || url.search || url.hash || url.username) {
    throw new UsageError(
      'invalid_configuration',
      'issuer must be an absolute URL without query and fragment.',
    )
  }
  if (!isSecureUrl(url)) {
    throw new UsageError(
      'insecure_url',
      `issuer must be https; plain http works on loopback only. Got ${url.origin}.`,
    )
  }
}

import { epochSeconds } from '../ports/clock.ts'
import { type AuthorizationOptions, buildAuthorizationRequest } from '../protocol/authorization-request.ts'
import type { RelyingPartyContext } from './context.ts'

/** What a login may be told. */
export interface LoginOptions extends AuthorizationOptions {
  /** Where the user was going: a path of the application's own origin. */
  readonly returnTo?: string
  /** Anything (plain data) that the application wants back with the finished login. It stays on this device. */
  readonly appState?: unknown
  /** Scope of this login in place of the configured one. */
  readonly scope?: string
}

/** A login under way. */
export interface StartedLogin {
  /** Where to send the user agent. */
  readonly url: string
  readonly state: string
}

/**
 * The first half of a login: writes the transaction down and gives the address to visit.
 * @throws ProtocolError `metadata_issuer_mismatch`, `metadata_malformed`; UsageError `invalid_configuration`, `extension_missing`;
 * TransportError; StorageError `storage_failed`, `key_not_kept`; and as the extensions do
 */
export async function startLogin(
  context: RelyingPartyContext,
  { returnTo, appState, scope = context.scope, ...options }: LoginOptions & { readonly redirectUri: string },
): Promise<StartedLogin> {
  const metadata = await context.metadata()
  const { client, extensions } = context
  const boundTo = await client.senderConstraint?.begin(metadata)
  const request = { ...options, scope, extensions, boundTo }
  const { url, ...secrets } = await buildAuthorizationRequest(client, metadata, request)
  await context.transactions.put({
    ...secrets,
    redirectUri: options.redirectUri,
    scope,
    metadata,
    startedAt: epochSeconds(context.clock),
    ...(options.maxAge !== undefined && { maxAge: options.maxAge }),
    ...(options.acrValues && !options.acrIsVoluntary && { acrValues: options.acrValues }),
    ...(boundTo !== undefined && { boundTo }),
    ...(returnTo !== undefined && { returnTo }),
    ...(appState !== undefined && { appState }),
  })
  return { url, state: secrets.state }
}

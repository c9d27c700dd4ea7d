import type { Client } from '../protocol/client.ts'
import { buildEndSessionRequest, type EndSessionRequest } from '../protocol/end-session.ts'
import { requestRevocation } from '../protocol/revocation.ts'
import type { ServerMetadata } from '../protocol/server-metadata.ts'
import type { TokenSet } from '../session/token-set.ts'
import type { RelyingPartyContext } from './context.ts'

/** How a logout goes. */
export interface LogoutOptions {
  /** Where the authorization server sends the user afterwards; it must be registered there. */
  readonly postLogoutRedirectUri?: string
  /** Takes the revocation, which then does not hold up the logout; it never rejects. Default: the logout waits for it. */
  readonly revokeBeside?: (revocation: Promise<void>) => void
}

/**
 * Ends the session: erases it here first, then revokes the refresh token as well as that can be done, and last erases the key that
 * the tokens were bound to.
 * @returns the request that ends the user's session at the authorization server too; undefined where it has no endpoint for that, or cannot be reached
 * @throws StorageError
 */
export async function endSession(
  context: RelyingPartyContext,
  options: LogoutOptions = {},
): Promise<EndSessionRequest | undefined> {
  const tokens = await context.session.end()
  try {
    return await endAtServer(context, tokens, options)
  } finally {
    await context.client.senderConstraint?.forget()
  }
}

async function endAtServer(
  context: RelyingPartyContext,
  tokens: TokenSet | undefined,
  options: LogoutOptions,
): Promise<EndSessionRequest | undefined> {
  const metadata = await context.metadata().catch(() => undefined)
  if (!metadata) return undefined
  const revocation = revoke(context.client, metadata, tokens?.refreshToken)
  if (options.revokeBeside) options.revokeBeside(revocation)
  else await revocation
  return buildEndSessionRequest(context.client, metadata, { idToken: tokens?.idToken, ...options })
}

async function revoke(client: Client, metadata: ServerMetadata, token: string | undefined): Promise<void> {
  if (token === undefined) return
  await requestRevocation(client, metadata, token, 'refresh_token').catch(() => false)
}

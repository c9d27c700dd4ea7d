import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { verifyOwnToken } from '../tokens/verify-own-token.ts'

/** What an ID token says about a past login. */
export interface IdTokenHint {
  readonly subject: string
  readonly clientId: string
  readonly sid: string | undefined
}

/**
 * Reads an `id_token_hint`: its signature and issuer must be this server's, but it may have expired.
 *
 * @throws OAuthError `invalid_request`
 * @see OpenID Connect RP-Initiated Logout 1.0 section 2
 */
export async function readIdTokenHint(context: ServerContext, idToken: string): Promise<IdTokenHint> {
  const claims = await verifyOwnToken(context, idToken, 'JWT').catch(() => undefined)
  const { sub, aud, sid } = claims ?? {}
  const clientId = Array.isArray(aud) ? aud[0] : aud
  if (typeof sub !== 'string' || typeof clientId !== 'string') {
    throw new OAuthError('invalid_request', 'id_token_hint is not an ID token of this server')
  }
  return { subject: sub, clientId, sid: typeof sid === 'string' ? sid : undefined }
}

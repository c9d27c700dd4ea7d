import { compactVerify, decodeProtectedHeader } from 'jose'
import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'

/** What an ID token says about a past login. */
export interface IdTokenHint {
  readonly subject: string
  readonly clientId: string
  readonly sid: string | undefined
}

async function verifyOwnToken(context: ServerContext, idToken: string): Promise<Record<string, unknown>> {
  const { kid } = decodeProtectedHeader(idToken)
  const key = (await context.keys.published()).find((candidate) => candidate.kid === kid)
  if (!key) throw new TypeError('not signed with a published key')
  const { payload } = await compactVerify(idToken, key.publicKey, { algorithms: [key.alg] })
  return JSON.parse(new TextDecoder().decode(payload))
}

/**
 * Reads an `id_token_hint`: its signature and issuer must be this server's, but it may have expired.
 *
 * @throws OAuthError `invalid_request`
 * @see OpenID Connect RP-Initiated Logout 1.0 section 2
 */
export async function readIdTokenHint(context: ServerContext, idToken: string): Promise<IdTokenHint> {
  const claims = await verifyOwnToken(context, idToken).catch(() => undefined)
  const { iss, sub, aud, sid } = claims ?? {}
  const clientId = Array.isArray(aud) ? aud[0] : aud
  if (iss !== context.settings.issuer || typeof sub !== 'string' || typeof clientId !== 'string') {
    throw new OAuthError('invalid_request', 'id_token_hint is not an ID token of this server')
  }
  return { subject: sub, clientId, sid: typeof sid === 'string' ? sid : undefined }
}

import { compactVerify, decodeProtectedHeader, type JWTPayload } from 'jose'
import type { ServerContext } from '../context.ts'

/**
 * Verifies a JWT of this server by its signature, type and issuer. It may have expired.
 *
 * @throws TypeError or a JOSE error
 */
export async function verifyOwnToken(context: ServerContext, jwt: string, typ: string): Promise<JWTPayload> {
  const header = decodeProtectedHeader(jwt)
  const key = (await context.keys.published()).find((candidate) => candidate.kid === header.kid)
  if (!key || header.typ !== typ) throw new TypeError('not signed for this with a published key')
  const { payload } = await compactVerify(jwt, key.publicKey, { algorithms: [key.alg] })
  const claims: JWTPayload = JSON.parse(new TextDecoder().decode(payload))
  if (claims.iss !== context.settings.issuer) throw new TypeError('not of this issuer')
  return claims
}

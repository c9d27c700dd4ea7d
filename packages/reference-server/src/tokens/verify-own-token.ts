import { compactVerify, decodeProtectedHeader, type JWTPayload } from 'jose'
import type { ServerContext } from '../context.ts'

/** Tries the key that is named, or every published key where none is. */
async function verify({ keys }: ServerContext, jwt: string, kid: string | undefined): Promise<Uint8Array> {
  const published = (await keys.published()).filter((key) => kid === undefined || key.kid === kid)
  const verified = published.map(({ publicKey, alg }) => compactVerify(jwt, publicKey, { algorithms: [alg] }))
  return (await Promise.any(verified)).payload
}

/**
 * Verifies a JWT of this server by its signature, type and issuer. It may have expired.
 *
 * @throws TypeError or a JOSE error
 */
export async function verifyOwnToken(context: ServerContext, jwt: string, typ: string): Promise<JWTPayload> {
  const header = decodeProtectedHeader(jwt)
  if (header.typ !== typ) throw new TypeError('not signed for this')
  const payload = await verify(context, jwt, header.kid)
  const claims: JWTPayload = JSON.parse(new TextDecoder().decode(payload))
  if (claims.iss !== context.dialect.readIssuer(context.settings)) throw new TypeError('not of this issuer')
  return claims
}

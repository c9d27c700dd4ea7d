import { type JWTPayload, SignJWT } from 'jose'
import type { ServerContext } from '../context.ts'

/** Signs claims with the server's current key. `typ` says what the JWT is for. @see RFC 8725 section 3.11 */
export async function signJwt(
  { keys, dialect }: ServerContext,
  claims: JWTPayload,
  typ: string,
): Promise<string> {
  const { alg, kid, privateKey } = await keys.current()
  const header = { typ, alg, ...(dialect.namesKeys && { kid }) }
  return new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
}

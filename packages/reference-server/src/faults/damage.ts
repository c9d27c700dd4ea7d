import { exportSPKI, importJWK } from 'jose'
import type { Exchange } from './exchange.ts'
import { type Jwt, signJwtWithSecret } from './jwt.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Changes the last character by this many steps of the base64url alphabet. */
function stepLast(text: string, step: number): string {
  const index = alphabet.indexOf(text.at(-1) ?? 'A')
  return text.slice(0, -1) + alphabet.charAt(index ^ step)
}

/** Spare bits in the last character of base64url, by the length of the text. */
const spareBits = (text: string): number => [0, 0, 4, 2][text.length % 4] ?? 0

/** The token with the last bit of its signature flipped. */
export const breakSignature = (token: string): string => stepLast(token, 1 << spareBits(signatureOf(token)))

/** The token with a spare bit set in the last character: other text, same bytes, unless there are no spare bits. */
export const setSpareBit = (token: string): string =>
  spareBits(signatureOf(token)) > 0 ? stepLast(token, 1) : `${token}A`

const signatureOf = (token: string): string => token.slice(token.lastIndexOf('.') + 1)

/** Puts something into the middle of one of the three parts. */
export function insertInto(token: string, part: 0 | 1 | 2, inserted: string): string {
  const parts = token.split('.')
  const text = parts[part] ?? ''
  const middle = Math.floor(text.length / 2)
  parts[part] = text.slice(0, middle) + inserted + text.slice(middle)
  return parts.join('.')
}

/** The PEM of the public key that a token's `kid` names, or of the first one. */
async function publicPem({ header }: Jwt, { tools, request }: Exchange): Promise<string> {
  const keys = await tools.readKeySet(request)
  const jwk = keys.find(({ kid }) => kid === header['kid']) ?? keys[0] ?? {}
  const key = await importJWK(jwk, String(header['alg']), { extractable: true })
  if (key instanceof Uint8Array) throw new TypeError('the key set holds no public key')
  return exportSPKI(key)
}

/** Signs by HS256 with the public key as the secret: a verifier that lets the header choose takes it. */
export async function signWithPublicKey(token: Jwt, exchange: Exchange): Promise<string> {
  const header = { ...token.header, alg: 'HS256' }
  return signJwtWithSecret({ header, claims: token.claims }, await publicPem(token, exchange))
}

import { base64url } from 'jose'

/** A compact JWS in its parts, as a fault changes them. */
export interface Jwt {
  readonly header: Record<string, unknown>
  readonly claims: Record<string, unknown>
}

/** A key to sign with. */
export interface FaultSigner {
  readonly alg: string
  readonly kid?: string | undefined
  readonly privateKey: CryptoKey
}

const utf8 = new TextEncoder()

function readPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(base64url.decode(part)))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** The header and claims of a signed token; undefined where it is none. */
export function readJwt(token: string): Jwt | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  const [header, claims] = [readPart(parts[0] ?? ''), readPart(parts[1] ?? '')]
  return header && claims ? { header, claims } : undefined
}

/** How WebCrypto calls a JOSE algorithm. @see RFC 7518 section 3.1, RFC 8037 section 3.1 */
function webCryptoAlgorithm(alg: string): AlgorithmIdentifier | EcdsaParams | RsaPssParams {
  const bits = Number(alg.slice(2))
  if (alg.startsWith('ES')) return { name: 'ECDSA', hash: `SHA-${bits}` }
  if (alg.startsWith('PS')) return { name: 'RSA-PSS', saltLength: bits / 8 }
  if (alg.startsWith('RS')) return 'RSASSA-PKCS1-v1_5'
  if (alg.startsWith('HS')) return 'HMAC'
  return 'Ed25519'
}

async function signBytes({ alg, privateKey }: FaultSigner, text: string): Promise<Uint8Array> {
  const name = alg === 'ES256K' ? 'ES256' : alg
  return new Uint8Array(await crypto.subtle.sign(webCryptoAlgorithm(name), privateKey, utf8.encode(text)))
}

const encodePart = (value: unknown): string => base64url.encode(utf8.encode(JSON.stringify(value)))

/** The header and claims as they are, with no signature. */
export function unsignedJwt({ header, claims }: Jwt): string {
  return `${encodePart(header)}.${encodePart(claims)}.`
}

/** Signs whatever the header says: a library would refuse half of what faults want. */
export async function signJwt(jwt: Jwt, signer: FaultSigner): Promise<string> {
  const input = `${encodePart(jwt.header)}.${encodePart(jwt.claims)}`
  return `${input}.${base64url.encode(await signBytes(signer, input))}`
}

/** Signs by HS256 with these bytes. */
export async function signJwtWithSecret(jwt: Jwt, secret: string): Promise<string> {
  const use = { name: 'HMAC', hash: 'SHA-256' }
  const privateKey = await crypto.subtle.importKey('raw', utf8.encode(secret), use, false, ['sign'])
  return signJwt(jwt, { alg: 'HS256', privateKey })
}

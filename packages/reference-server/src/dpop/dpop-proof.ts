import { base64url, calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose'
import type { Call } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { digest } from '../state/secrets.ts'

/** Algorithms that a proof may be signed with. */
export const dpopSigningAlgs: readonly string[] = ['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA', 'Ed25519']

/** How old a proof may be, and how far ahead the client's clock. */
const oldestProofSeconds = 300
const clockLeadSeconds = 60

const refusal = (description: string): OAuthError => new OAuthError('invalid_dpop_proof', description)

/** A proof whose signature is good: its claims, and the thumbprint of its key. */
interface Proof {
  readonly claims: JWTPayload
  readonly jkt: string
}

async function verifyProof(proof: string): Promise<Proof> {
  const options = { typ: 'dpop+jwt', algorithms: [...dpopSigningAlgs] }
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, options)
    return { claims: payload, jkt: await calculateJwkThumbprint(protectedHeader.jwk ?? {}) }
  } catch {
    throw refusal('the DPoP header is not one dpop+jwt, signed with the public key it holds')
  }
}

/** The request's URL without query and fragment, on the origin under which the server knows itself. */
function targetOf({ context, request }: Call): string {
  const { origin } = new URL(context.settings.issuer)
  return origin + new URL(request.url).pathname
}

function readTarget(htu: unknown): string | undefined {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return undefined
  const { origin, pathname } = new URL(htu)
  return origin + pathname
}

function checkTarget(call: Call, { htm, htu }: JWTPayload): void {
  if (htm !== call.request.method) throw refusal('htm is not the method of this request')
  if (readTarget(htu) !== targetOf(call)) throw refusal('htu is not the URL of this request')
}

function checkTime({ context: { clock } }: Call, { iat }: JWTPayload): void {
  const now = clock.now()
  if (typeof iat !== 'number') throw refusal('iat is missing')
  if (iat > now + clockLeadSeconds) throw refusal('iat is in the future')
  if (iat < now - oldestProofSeconds) throw refusal('the proof is too old')
}

async function checkAccessTokenHash({ ath }: JWTPayload, accessToken: string | undefined): Promise<void> {
  if (accessToken === undefined) return
  if (ath !== base64url.encode(await digest(accessToken)))
    throw refusal('ath is not the hash of the access token')
}

function checkNonce({ context: { dpopNonces } }: Call, { nonce }: JWTPayload): void {
  if (!dpopNonces.required || (typeof nonce === 'string' && dpopNonces.isValid(nonce))) return
  throw new OAuthError('use_dpop_nonce', 'the proof needs the nonce of this server', {
    headers: { 'DPoP-Nonce': dpopNonces.current() },
  })
}

function checkFirstUse({ context: { stores } }: Call, { claims, jkt }: Proof): void {
  const { jti, iat = 0 } = claims
  if (typeof jti !== 'string' || jti === '') throw refusal('jti is missing')
  const key = `${jkt} ${jti}`
  if (stores.dpopProofs.get(key)) throw refusal('the proof has been used before')
  stores.dpopProofs.set(key, true, iat + oldestProofSeconds + 1)
}

/**
 * Checks the request's `DPoP` header, and that it covers `accessToken` where one came along.
 * Gives the thumbprint of the key that the client holds; undefined where there is no such header.
 *
 * @throws OAuthError `invalid_dpop_proof` or `use_dpop_nonce`, in the token endpoint's form
 * @see RFC 9449 section 4.3
 */
export async function checkDpopProof(call: Call, accessToken?: string): Promise<string | undefined> {
  const header = call.context.dialect.dpop ? call.request.headers.get('dpop') : null
  if (header === null) return undefined
  const proof = await verifyProof(header)
  checkTarget(call, proof.claims)
  checkTime(call, proof.claims)
  await checkAccessTokenHash(proof.claims, accessToken)
  checkNonce(call, proof.claims)
  checkFirstUse(call, proof)
  return proof.jkt
}

/** The header that hands the next nonce to a client that sent a proof. @see RFC 9449 section 8.2 */
export function nextNonceHeader({ context, request }: Call): Record<string, string> {
  const { dpopNonces, dialect } = context
  if (!dialect.dpop || !dpopNonces.required || !request.headers.has('dpop')) return {}
  return { 'DPoP-Nonce': dpopNonces.current() }
}

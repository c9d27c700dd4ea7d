import { base64url } from 'jose'
import { changeJson, type JsonObject } from './answers.ts'
import type { Exchange, FaultEffect } from './exchange.ts'
import { type FaultSigner, type Jwt, readJwt, signJwt } from './jwt.ts'

/** A token, as it came and in its parts. */
export interface ReadToken extends Jwt {
  readonly text: string
}

type Rewrite = (token: ReadToken, exchange: Exchange) => string | Promise<string>
type Change = (token: Jwt, exchange: Exchange) => void

function readToken(body: JsonObject, member: string): ReadToken | undefined {
  const text = body[member]
  const jwt = typeof text === 'string' ? readJwt(text) : undefined
  return jwt && { ...jwt, text: String(text) }
}

/** The header of a token that this key signs. */
function headerFor({ header }: Jwt, { alg, kid }: FaultSigner): Record<string, unknown> {
  return { ...header, alg, ...(kid !== undefined && { kid }) }
}

/** Changes the parts of a token and signs them again, so that only what was changed is wrong. */
function resigned(change: Change): Rewrite {
  return async (token, exchange) => {
    const signer = await exchange.tools.keys.trusted(token)
    const changed = { header: headerFor(token, signer), claims: { ...token.claims } }
    change(changed, exchange)
    return signJwt(changed, signer)
  }
}

/** Changes the token in a member of the answer, if there is one, and signs it again. */
export async function resignMember(
  body: JsonObject,
  member: string,
  change: Change,
  exchange: Exchange,
): Promise<void> {
  const token = readToken(body, member)
  if (token) body[member] = await resigned(change)(token, exchange)
}

/** The effect of a fault that puts another text in place of the ID token. */
export function rewriteIdToken(rewrite: Rewrite): FaultEffect {
  return changeJson(
    async (body, exchange) => {
      const token = readToken(body, 'id_token')
      if (token) body['id_token'] = await rewrite(token, exchange)
    },
    (body) => readToken(body, 'id_token') !== undefined,
  )
}

/** The effect of a fault that changes the ID token and signs it again. */
export const changeIdToken = (change: Change): FaultEffect => rewriteIdToken(resigned(change))

/** The effect of a fault that signs the ID token with another key, and says so in its header. */
export function resignIdToken(keyFor: (token: Jwt, exchange: Exchange) => Promise<FaultSigner>): FaultEffect {
  return rewriteIdToken(async (token, exchange) => {
    const signer = await keyFor(token, exchange)
    return signJwt({ header: headerFor(token, signer), claims: token.claims }, signer)
  })
}

/** @see OpenID Connect Core 1.0 section 3.1.3.6 */
async function leftHalfHash(text: string, alg: string): Promise<string> {
  const bits = alg === 'EdDSA' || alg === 'Ed25519' ? 512 : Number(alg.slice(2))
  const hash = new Uint8Array(await crypto.subtle.digest(`SHA-${bits}`, new TextEncoder().encode(text)))
  return base64url.encode(hash.subarray(0, hash.length / 2))
}

/** The effect of a fault that puts another text in place of an access token that is a JWT. */
export function rewriteAccessToken(rewrite: Rewrite): FaultEffect {
  return changeJson(
    async (body, exchange) => {
      const token = readToken(body, 'access_token')
      if (token) body['access_token'] = await rewrite(token, exchange)
      await renewHash(body, exchange)
    },
    (body) => readToken(body, 'access_token') !== undefined,
  )
}

/** The ID token goes on to name the access token beside it: only the access token is to be wrong. */
async function renewHash(body: JsonObject, exchange: Exchange): Promise<void> {
  const idToken = readToken(body, 'id_token')
  if (idToken?.claims['at_hash'] === undefined) return
  const hash = await leftHalfHash(String(body['access_token']), String(idToken.header['alg']))
  await resignMember(body, 'id_token', ({ claims }) => void (claims['at_hash'] = hash), exchange)
}

/** The effect of a fault that changes the access token and signs it again. */
export const changeAccessToken = (change: Change): FaultEffect => rewriteAccessToken(resigned(change))

/** Sets a member even where its name is `__proto__`. */
export function defineMember(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true })
}

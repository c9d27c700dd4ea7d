import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { Refusal } from './refusal.ts'

/** Whose tokens count here. */
export interface AccessTokenRules {
  readonly issuer: string
  /** This API, as the authorization server names it in `aud`. */
  readonly audience: string
  /** Seconds since 1970. */
  readonly now: () => number
}

/** The claims that this API relies on. */
export interface AccessTokenClaims extends JWTPayload {
  readonly jti: string
  readonly scope?: string
}

/** Gives the claims of a request's access token. @throws Refusal */
export type AccessTokenCheck = (request: Request, scope: string) => Promise<AccessTokenClaims>

const options = {
  typ: 'at+jwt',
  algorithms: ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'],
  requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id'],
}

/**
 * Builds the check of access tokens: signature, type, issuer, audience, time, and the scope that the endpoint asks for.
 * @see RFC 9068 section 4, RFC 6750 section 3
 */
export function createAccessTokenCheck({ issuer, audience, now }: AccessTokenRules): AccessTokenCheck {
  let keys: Promise<JWTVerifyGetKey> | undefined
  const key: JWTVerifyGetKey = async (header, token) => {
    keys ??= findKeys(issuer)
    const find = await keys.catch((error: unknown) => {
      keys = undefined
      throw error
    })
    return find(header, token)
  }

  return async (request, scope) => {
    const token = readBearerToken(request)
    const currentDate = new Date(now() * 1000)
    const { payload } = await jwtVerify<AccessTokenClaims>(token, key, {
      ...options,
      issuer,
      audience,
      currentDate,
    }).catch((error: unknown) => {
      throw toRefusal(error)
    })
    if (payload.scope?.split(' ').includes(scope)) return payload
    throw new Refusal(403, 'insufficient_scope', `this needs the scope ${scope}`)
  }
}

function readBearerToken(request: Request): string {
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (token === undefined) throw new Refusal(401)
  return token
}

async function findKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`)
  const metadata = (await response.json()) as { issuer: string; jwks_uri: string }
  if (metadata.issuer !== issuer) throw new TypeError(`the metadata of ${issuer} names another issuer`)
  return createRemoteJWKSet(new URL(metadata.jwks_uri))
}

/** What is wrong with the token is the caller's fault; that no keys can be had is not. */
function toRefusal(error: unknown): Refusal {
  const isTheTokensFault = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)
  if (!isTheTokensFault) return new Refusal(503)
  const description =
    error instanceof errors.JWTExpired ? 'the access token has expired' : 'the access token is not valid here'
  return new Refusal(401, 'invalid_token', description)
}

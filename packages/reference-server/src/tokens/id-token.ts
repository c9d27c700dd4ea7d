import { base64url, type JWTPayload } from 'jose'
import type { IdTokenFacts, ServerContext } from '../context.ts'
import type { SigningAlg } from '../options.ts'
import { digest } from '../state/secrets.ts'
import { selectClaims } from '../users/user-claims.ts'
import { signJwt } from './sign-jwt.ts'

/** The hash that belongs to each signature algorithm. Ed25519 hashes with SHA-512. */
const hashOf: Readonly<Record<SigningAlg, 'SHA-256' | 'SHA-512'>> = {
  ES256: 'SHA-256',
  RS256: 'SHA-256',
  PS256: 'SHA-256',
  EdDSA: 'SHA-512',
}

async function leftHalfHash(text: string, alg: SigningAlg): Promise<string> {
  const hash = await digest(text, hashOf[alg])
  return base64url.encode(hash.subarray(0, hash.length / 2))
}

/** The claims of an ID token. @see OpenID Connect Core 1.0 sections 2 and 3.1.3.6 */
export async function buildIdTokenClaims(context: ServerContext, facts: IdTokenFacts): Promise<JWTPayload> {
  const { family, nonce, issuedAt, expiresAt } = facts
  const { settings, dialect } = context
  return {
    ...(family.login && selectClaims(family.login.user, family.claims.idToken)),
    iss: dialect.readIssuer(settings),
    sub: family.subject,
    aud: family.client.clientId,
    iat: issuedAt,
    exp: expiresAt,
    at_hash: await leftHalfHash(facts.accessToken, settings.signingAlg),
    ...(family.login && { auth_time: family.login.authTime, sid: family.login.sid }),
    ...(family.login?.acr !== undefined && { acr: family.login.acr }),
    ...(nonce !== undefined && { nonce }),
  }
}

/** Signs the claims that the dialect puts into an ID token. */
export async function buildIdToken(context: ServerContext, facts: IdTokenFacts): Promise<string> {
  return signJwt(context, await context.dialect.buildIdTokenClaims(context, facts), 'JWT')
}

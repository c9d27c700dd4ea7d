import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import type { ClientOptions } from '../options.ts'
import { issuer } from '../test-support.ts'
import { clientAssertionType } from './client-assertion.ts'

/** The time of the servers that `createServer` makes. */
export const now = 1_800_000_000

/** A key pair that a client has registered. */
export interface ClientKey {
  readonly privateKey: CryptoKey
  /** The public half, with its `kid`. */
  readonly jwk: JWK
  /** A JWT signed with it. A claim or header that is `undefined` is left out. */
  sign(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>
}

export async function createClientKey(alg: string = 'ES256', kid: string = 'k1'): Promise<ClientKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig' }
  return {
    privateKey,
    jwk,
    sign: (claims, header = {}) =>
      new SignJWT(claims as JWTPayload).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
  }
}

/** A confidential client that has no secret but this key. */
export function keyClient({ jwk }: ClientKey, more: Partial<ClientOptions> = {}): ClientOptions {
  return {
    clientId: 'daemon',
    redirectUris: ['https://app.example/callback'],
    jwks: { keys: [jwk] },
    skipConsent: true,
    ...more,
  }
}

/** The claims of a good assertion of that client. */
export const assertionClaims = (): Record<string, unknown> => ({
  iss: 'daemon',
  sub: 'daemon',
  aud: issuer,
  jti: crypto.randomUUID(),
  iat: now,
  exp: now + 60,
})

/** The form members that carry an assertion. */
export const assertionForm = (jwt: string): Record<string, string> => ({
  client_assertion_type: clientAssertionType,
  client_assertion: jwt,
})

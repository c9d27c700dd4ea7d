import type { JWK } from 'jose'
import type { Call, Endpoint } from '../context.ts'
import { documentAnswer } from '../http/answers.ts'

function withoutName({ kid: _kid, ...jwk }: JWK): JWK {
  return jwk
}

async function jwks({ context }: Call): Promise<Response> {
  const keys = (await context.keys.published()).map((key) => key.publicJwk)
  return documentAnswer({ keys: context.dialect.namesKeys ? keys : keys.map(withoutName) }, 300)
}

/** The server's public keys. @see RFC 7517 section 5 */
export const jwksEndpoint: Endpoint = {
  name: 'jwks',
  path: '/jwks',
  methods: ['GET'],
  metadata: 'jwks_uri',
  origins: 'any',
  speaks: 'json',
  handle: jwks,
}

import type { Call, Endpoint } from '../context.ts'
import { documentAnswer } from '../http/answers.ts'

async function jwks({ context }: Call): Promise<Response> {
  const keys = await context.keys.published()
  return documentAnswer({ keys: keys.map((key) => key.publicJwk) }, 300)
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

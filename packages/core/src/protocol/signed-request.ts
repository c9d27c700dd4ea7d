import { generateRandomNonce } from 'oauth4webapi'
import { UsageError } from '../errors.ts'
import { epochSeconds, type Seconds } from '../ports/clock.ts'
import type { Signer } from '../ports/signer.ts'
import type { AuthorizationExtension } from './authorization-extension.ts'
import type { Client } from './client.ts'
import { signJwt } from './sign-jwt.ts'

const backDating: Seconds = 10
const lifetime: Seconds = 300

/**
 * Sends the authorization request as a signed request object (JAR): the server sees that it comes from this client, unchanged. It lives
 * for five minutes. In the list of extensions it stands before `pushedAuthorization()`.
 * @throws at login: UsageError `invalid_configuration` where it stands behind that; TransportError `signer_failed`
 * @see RFC 9101 sections 4 and 5
 */
export function signedRequest(signer: Signer): AuthorizationExtension {
  return {
    prepare: async (client, _metadata, parameters) => {
      if (parameters.has('request_uri')) {
        throw new UsageError(
          'invalid_configuration',
          'In authorization, signedRequest() stands before pushedAuthorization().',
        )
      }
      const request = await signJwt(signer, 'oauth-authz-req+jwt', requestClaims(client, parameters))
      return new URLSearchParams({ client_id: client.clientId, request })
    },
  }
}

/** Parameters whose values a request object holds as JSON. @see OpenID Connect Core section 6.1, RFC 9396 section 3 */
const jsonParameters = ['max_age', 'claims', 'authorization_details']

function requestClaims(client: Client, parameters: URLSearchParams): object {
  const now = Math.floor(epochSeconds(client.runtime.clock))
  const claims = Array.from(new Set(parameters.keys()), (name) => {
    const [value = '', ...more] = parameters.getAll(name)
    if (jsonParameters.includes(name)) return [name, JSON.parse(value)] as const
    return [name, more.length > 0 ? [value, ...more] : value] as const
  })
  return {
    ...Object.fromEntries(claims),
    iss: client.clientId,
    aud: client.issuer,
    jti: generateRandomNonce(),
    iat: now - backDating,
    nbf: now - backDating,
    exp: now + lifetime - backDating,
  }
}

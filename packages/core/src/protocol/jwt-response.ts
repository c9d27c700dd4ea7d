import { ProtocolError, UsageError } from '../errors.ts'
import { epochSeconds, type Seconds } from '../ports/clock.ts'
import type { AuthorizationExtension } from './authorization-extension.ts'
import type { Client } from './client.ts'
import { parseObject, readCompactJws } from './compact-jws.ts'
import { isSignedByServer } from './jws-signature.ts'
import type { KeySet } from './key-set.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** How a signed authorization response may come back. */
export type JwtResponseMode = 'jwt' | 'query.jwt' | 'fragment.jwt' | 'form_post.jwt'

const clockTolerance: Seconds = 300

/**
 * Asks for the authorization response as a signed JWT (JARM) and takes no other: an answer without it is refused.
 * Its signature, issuer, audience and expiry are verified, then what it holds is checked like any other answer.
 * In the list of extensions it stands before `signedRequest()` and `pushedAuthorization()`.
 * @param options.mode default `jwt`, the server's default for the code flow: the query
 * @param options.algorithms JWS algorithms that are allowed. Default: the client's `idTokenAlgorithms`
 * @throws at login: UsageError `invalid_configuration` where it stands behind one of them;
 * at the callback: ProtocolError `callback_malformed`, `callback_signature_invalid`, `callback_issuer_mismatch`, `callback_expired`, `key_not_found`, `key_set_malformed`; TransportError
 * @see JWT Secured Authorization Response Mode for OAuth 2.0 (JARM) sections 2.3 and 2.4
 */
export function jwtResponse(
  options: { readonly mode?: JwtResponseMode; readonly algorithms?: readonly string[] } = {},
): AuthorizationExtension {
  return {
    prepare: async (_client, _metadata, parameters) => {
      if (parameters.has('request') || parameters.has('request_uri')) {
        throw new UsageError(
          'invalid_configuration',
          'In authorization, jwtResponse() stands before signedRequest() and pushedAuthorization().',
        )
      }
      const asked = new URLSearchParams(parameters)
      asked.set('response_mode', options.mode ?? 'jwt')
      return asked
    },
    read: (client, metadata, keySet, parameters) =>
      readJwtResponse(client, metadata, keySet, {
        parameters,
        algorithms: options.algorithms ?? client.idTokenAlgorithms,
      }),
  }
}

async function readJwtResponse(
  client: Client,
  metadata: ServerMetadata,
  keySet: KeySet,
  given: { readonly parameters: URLSearchParams; readonly algorithms: readonly string[] },
): Promise<URLSearchParams> {
  const [response, ...more] = given.parameters.getAll('response')
  if (!response || more.length > 0) {
    throw new ProtocolError('callback_malformed', 'The callback is not the one signed response asked for.')
  }
  const header = readCompactJws(response, {
    name: 'signed authorization response',
    algorithms: given.algorithms,
    codes: ['callback_malformed', 'callback_signature_invalid'],
  })
  const claims = parseObject(response.split('.')[1] ?? '') ?? {}
  checkClaims(client, claims)
  if (await isSignedByServer(metadata, keySet, { header, token: response })) return readParameters(claims)
  throw new ProtocolError(
    'callback_signature_invalid',
    'The signature of the authorization response does not verify. Its code was sent nowhere.',
  )
}

function checkClaims({ issuer, clientId, runtime }: Client, claims: Record<string, unknown>): void {
  const { iss, aud, exp } = claims
  if (iss !== issuer) {
    throw new ProtocolError(
      'callback_issuer_mismatch',
      `The signed callback comes from another issuer than ${issuer}. Its code was sent nowhere.`,
    )
  }
  if (![aud].flat().includes(clientId)) {
    throw new ProtocolError('callback_malformed', 'The signed callback is meant for another client.')
  }
  if (typeof exp !== 'number' || !(exp < 1e11)) {
    throw new ProtocolError('callback_malformed', 'The signed callback has no exp in seconds.')
  }
  if (exp <= epochSeconds(runtime.clock) - clockTolerance) {
    throw new ProtocolError('callback_expired', 'The signed callback has expired. Start the login again.')
  }
}

/** @see JARM section 2.1: the parameters are members of the JWT */
function readParameters(claims: Record<string, unknown>): URLSearchParams {
  const texts = Object.entries(claims).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== 'aud',
  )
  return new URLSearchParams(texts)
}

import { AuthorizationResponseError, validateAuthResponse } from 'oauth4webapi'
import { ProtocolError } from '../errors.ts'
import type { Client } from './client.ts'
import { foreignParameters } from './is-authorization-response.ts'
import { oauthClient, serverError } from './oauth.ts'
import type { ServerMetadata } from './server-metadata.ts'

const known = ['state', 'code', 'iss', 'error', 'error_description', 'error_uri', 'response', 'session_state']

/**
 * The `state` of an authorization response, by which its transaction is found.
 * @throws ProtocolError `callback_state_missing`, `callback_malformed`
 */
export function readState(parameters: URLSearchParams): string {
  const states = parameters.getAll('state')
  if (states.length > 1)
    throw new ProtocolError('callback_malformed', 'The callback has more than one state.')
  if (!states[0]) {
    throw new ProtocolError(
      'callback_state_missing',
      'The callback has no state, so it belongs to no login of this user agent.',
    )
  }
  return states[0]
}

/**
 * Checks an authorization response: shape, `iss`, `state`, in this order, and only then the server's own error.
 * @returns the parameters in the form that the token request takes
 * @throws ProtocolError `callback_malformed`, `callback_issuer_mismatch`; ServerError `access_denied`, `authorization_refused`
 * @see RFC 6749 section 4.1.2, RFC 9207 section 2.4
 */
export function checkAuthorizationResponse(
  client: Client,
  metadata: ServerMetadata,
  parameters: URLSearchParams,
  state: string,
): URLSearchParams {
  checkShape(parameters)
  checkIssuerParameter(metadata, parameters)
  try {
    return validateAuthResponse(metadata, oauthClient(client), parameters, state)
  } catch (error) {
    if (!(error instanceof AuthorizationResponseError)) {
      throw new ProtocolError('callback_malformed', `The callback is refused: ${(error as Error).message}.`)
    }
    const code = error.error === 'access_denied' ? 'access_denied' : 'authorization_refused'
    throw serverError(code, error.error, error.error_description)
  }
}

function checkShape(parameters: URLSearchParams): void {
  const repeated = known.find((name) => parameters.getAll(name).length > 1)
  if (repeated) throw new ProtocolError('callback_malformed', `The callback has ${repeated} more than once.`)
  const stray = foreignParameters.find((name) => parameters.has(name))
  if (stray) {
    throw new ProtocolError(
      'callback_malformed',
      `The callback has ${stray}, which the code flow never sends. It was dropped.`,
    )
  }
  if (!parameters.get('code') && !parameters.get('error')) {
    throw new ProtocolError('callback_malformed', 'The callback has neither a code nor an error.')
  }
}

function checkIssuerParameter(metadata: ServerMetadata, parameters: URLSearchParams): void {
  const iss = parameters.get('iss')
  const missing = iss === null && metadata.authorization_response_iss_parameter_supported === true
  if (missing || (iss !== null && iss !== metadata.issuer)) {
    throw new ProtocolError(
      'callback_issuer_mismatch',
      missing
        ? `The callback has no iss although ${metadata.issuer} promises it. Its code was sent nowhere.`
        : `The callback comes from another issuer than ${metadata.issuer}. Its code was sent nowhere.`,
    )
  }
}

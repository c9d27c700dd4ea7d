import type { RefreshTokenFault } from '../../context.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import type { PassportOptions } from './passport-options.ts'

/** One sentence a code; what exactly is wrong is told by the hint. */
const sentences: Readonly<Record<string, string>> = {
  invalid_request: 'The request lacks a parameter, has a wrong one, or is malformed.',
  invalid_client: 'Client authentication failed',
  invalid_grant: 'The authorization grant or refresh token is invalid, expired or revoked.',
  invalid_scope: 'The requested scope is invalid, unknown, or malformed',
  unauthorized_client: 'The client is not allowed to do this.',
  unsupported_grant_type: 'The authorization grant type is not supported by this server.',
  access_denied: 'The user or the server denied the request.',
}

/** A refusal with its extra `hint`. */
export function buildPassportError({ code, message }: OAuthError): Readonly<Record<string, string>> {
  return { error: code, error_description: sentences[code] ?? message, hint: message }
}

const hints: Readonly<Record<RefreshTokenFault, string>> = {
  unknown: 'Token has expired or is not linked to the client',
  revoked: 'Token has been revoked',
  used: 'Token has been revoked',
}

/** How a dead refresh token is refused. */
export function refusePassportRefreshToken(
  fault: RefreshTokenFault,
  { generation = 'newer' }: PassportOptions,
): OAuthError {
  if (generation === 'older') return new OAuthError('invalid_request', hints[fault], { status: 401 })
  return new OAuthError('invalid_grant', hints[fault])
}

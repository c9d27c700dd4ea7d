import { OAuthError } from '../http/oauth-error.ts'

/** The refusal of a client that is unknown or not proved, with the challenge that 401 demands. @see RFC 6749 section 5.2 */
export function invalidClient(description: string): OAuthError {
  return new OAuthError('invalid_client', description, {
    status: 401,
    headers: { 'WWW-Authenticate': 'Basic realm="oauth", charset="UTF-8"' },
  })
}

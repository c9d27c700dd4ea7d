import type { AuthenticatedSession } from './session-state.ts'
import { expiryOf, type TokenSet } from './token-set.ts'

/** The snapshot that shows these tokens' session. */
export function authenticated(tokens: TokenSet): AuthenticatedSession {
  const { claims, scope, authorizationDetails } = tokens
  return {
    status: 'authenticated',
    claims: claims && Object.freeze({ ...claims }),
    scope: Object.freeze(scope.split(' ').filter(Boolean)),
    authorizationDetails: authorizationDetails && Object.freeze([...authorizationDetails]),
    accessTokenExpiresAt: expiryOf(tokens),
  }
}

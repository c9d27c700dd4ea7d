import { readScopes } from '../clients/requested-scopes.ts'
import type { Grant, TokenRequest } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { User } from '../settings.ts'
import type { Login } from '../state/records.ts'
import { issueTokens } from '../tokens/issue-tokens.ts'
import { startFamily } from '../tokens/token-families.ts'
import { checkPassword } from '../users/check-password.ts'

/** What somebody typed into the client. */
export interface PasswordRequest extends TokenRequest {
  readonly username: string
  readonly password: string
}

/** In what the dialects' password grants differ. */
export interface PasswordGrantPolicy {
  /** The user who is meant, if the password is right. Default: by the client's user provider. */
  readonly findUser?: (request: PasswordRequest) => Promise<User | undefined>
  /** Further members of the answer for this user. */
  readonly more?: (user: User) => Readonly<Record<string, unknown>>
}

const findByProvider = ({ client, username, password }: PasswordRequest): Promise<User | undefined> =>
  checkPassword(client.userProvider, username, password)

function readRequest(request: TokenRequest): PasswordRequest {
  const [username, password] = ['username', 'password'].map((name) => request.parameters.get(name))
  if (username !== undefined && password !== undefined) return { ...request, username, password }
  throw new OAuthError('invalid_request', 'parameters username and password are both needed')
}

function logIn({ call: { context } }: TokenRequest, user: User): Login {
  context.ledger.addEvent({ type: 'login', username: user.username })
  return { sid: context.newSecret(), user, authTime: context.clock.now(), acr: undefined }
}

/**
 * Builds the grant in which the client takes the user's password. Current practice forbids it; servers that
 * have it are still met.
 *
 * @see RFC 6749 section 4.3, RFC 9700 section 2.4
 */
export function buildPasswordGrant(policy: PasswordGrantPolicy = {}): Grant {
  const { findUser = findByProvider, more } = policy
  return async (tokenRequest) => {
    const request = readRequest(tokenRequest)
    const { call, client, parameters, jkt } = request
    const { context } = call
    const scopes = readScopes(context, client, parameters.get('scope'))
    const user = await findUser(request)
    if (!user) throw new OAuthError('invalid_grant', 'the username or the password is wrong')
    const login = logIn(request, user)
    const family = startFamily(context, { client, login, scopes, jkt, asked: parameters })
    const withRefreshToken = context.dialect.grantsRefreshToken(client, scopes)
    const nonce = parameters.get('nonce')
    const tokens = await issueTokens(context, { family, scopes, nonce, jkt, withRefreshToken })
    return more ? { ...tokens, more: more(user) } : tokens
  }
}

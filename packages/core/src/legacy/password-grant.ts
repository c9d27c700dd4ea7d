import { ProtocolError } from '../errors.ts'
import { amendAnswer } from '../protocol/amend-answer.ts'
import { buildParameters, requestToken } from '../protocol/grant.ts'
import type { TokenClient } from '../protocol/token-client.ts'
import type { TokenResponse } from '../protocol/token-request.ts'
import { describeIdToken } from './describe-id-token.ts'
import { checkOptIn, dropIdToken, unsafeAllowPasswordGrant } from './opt-in.ts'
import { checkNoSecretInBrowser } from './secret-in-browser.ts'

/** A user's credentials, and what is asked for by them. */
export interface PasswordGrant {
  readonly allowPasswordGrant: typeof unsafeAllowPasswordGrant
  /** Whatever the server knows its users by; it need not be an e-mail address. */
  readonly username: string
  readonly password: string
  /** Space-delimited. Default: what the server grants unasked. */
  readonly scope?: string
  /** Throws the ID token away unread: for a server whose ID tokens are unsound. The response then says nothing of who logged in. */
  readonly withoutIdToken?: typeof dropIdToken
  readonly extraParameters?: Readonly<Record<string, string>>
}

/** The answer to a password grant. */
export interface PasswordToken extends TokenResponse {
  /** Whether the server wants the user to choose another password before anything else. */
  readonly requirePasswordChange: boolean
  /** The members of the answer that no specification has, as they came: treat them as untrusted. */
  readonly extraMembers: Readonly<Record<string, unknown>>
}

/**
 * Asks for tokens by the user's name and password.
 *
 * Do not use it: it shows the password to this client, teaches users to type it anywhere, and shuts out every second factor, passkey and
 * federated login. RFC 9700 section 2.4 forbids it. It is here for servers that have nothing else yet, to be left for the authorization
 * code flow; never from a page.
 * @throws UsageError `legacy_not_allowed`, `secret_in_browser`, `not_supported_by_server`; ServerError `request_refused`, with
 * `error: 'invalid_grant'` for wrong credentials; ProtocolError; TransportError
 * @see RFC 6749 section 4.3
 */
export async function requestPasswordToken(
  tokenClient: TokenClient,
  grant: PasswordGrant,
): Promise<PasswordToken> {
  const { allowPasswordGrant, username, password, scope, withoutIdToken, extraParameters } = grant
  checkOptIn('allowPasswordGrant', allowPasswordGrant, unsafeAllowPasswordGrant)
  if (withoutIdToken !== undefined) checkOptIn('withoutIdToken', withoutIdToken, dropIdToken)
  await checkNoSecretInBrowser(tokenClient)
  let idToken: unknown
  const amend = (answer: Response): Promise<Response> =>
    amendAnswer(answer, ({ id_token, ...members }) => {
      idToken = id_token
      return withoutIdToken || id_token === undefined ? members : { ...members, id_token }
    })
  const parameters = buildParameters({ username, password, scope }, extraParameters)
  const request = { grantType: 'password', parameters, scope, isLogin: !withoutIdToken, amend }
  const { response, body } = await requestToken(tokenClient, request).catch((error: unknown) => {
    throw explain(error, idToken)
  })
  const extraMembers = withoutStandardMembers(body)
  return {
    ...response,
    requirePasswordChange: extraMembers['require_password_change'] === true,
    extraMembers,
  }
}

function explain(error: unknown, idToken: unknown): unknown {
  const isRefused = error instanceof ProtocolError && error.code.startsWith('id_token_')
  if (!isRefused || typeof idToken !== 'string') return error
  const { code, message, claim } = error
  return new ProtocolError(
    code,
    `${message}${describeIdToken(idToken)} To have the tokens without it, pass withoutIdToken: dropIdToken.`,
    claim === undefined ? {} : { claim },
  )
}

const standardMembers = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope', 'id_token']

function withoutStandardMembers(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !standardMembers.includes(name)))
}

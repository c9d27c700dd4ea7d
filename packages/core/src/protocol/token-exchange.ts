import { ProtocolError } from '../errors.ts'
import { amendAnswer } from './amend-answer.ts'
import { buildParameters, requestToken } from './grant.ts'
import type { TokenClient } from './token-client.ts'
import type { TokenResponse } from './token-request.ts'

/** Identifiers of the kinds of tokens. @see RFC 8693 section 3 */
export const tokenTypes: {
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string
  readonly jwt: string
  readonly saml1: string
  readonly saml2: string
} = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  refreshToken: 'urn:ietf:params:oauth:token-type:refresh_token',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
  saml1: 'urn:ietf:params:oauth:token-type:saml1',
  saml2: 'urn:ietf:params:oauth:token-type:saml2',
}

/** What is given, and what is asked for it. @see RFC 8693 section 2.1 */
export interface TokenExchange {
  /** Stands for the party on whose behalf the request is made. */
  readonly subjectToken: string
  /** Default: an access token. */
  readonly subjectTokenType?: string
  /** Stands for the party that acts: delegation, where without it the client impersonates the subject. */
  readonly actorToken?: string
  /** Default, with an `actorToken`: an access token. */
  readonly actorTokenType?: string
  /** By its name at the server, where the new token will be used. */
  readonly audience?: string | readonly string[]
  /** By its address, where the new token will be used. */
  readonly resource?: string | readonly string[]
  readonly scope?: string
  readonly requestedTokenType?: string
  readonly extraParameters?: Readonly<Record<string, string>>
}

/** The new token. Whatever its kind, it is in `accessToken`. @see RFC 8693 section 2.2.1 */
export interface ExchangedToken extends Omit<TokenResponse, 'tokenType'> {
  /** `n_a`: the token is no access token, so it is not sent to an API in any such way. */
  readonly tokenType: TokenResponse['tokenType'] | 'n_a'
  /** One of `tokenTypes`, as a rule. */
  readonly issuedTokenType: string
}

/**
 * Exchanges a token for another one: for another audience, of another kind, or in another party's name.
 * @throws ServerError `request_refused`, with `error: 'invalid_target'` for a refused audience or resource; ProtocolError
 * `token_response_malformed`, `id_token_…`; UsageError `not_supported_by_server`; TransportError
 * @see RFC 8693 section 2
 */
export async function exchangeToken(
  tokenClient: TokenClient,
  exchange: TokenExchange,
): Promise<ExchangedToken> {
  const { response, body } = await requestToken(tokenClient, {
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    parameters: buildExchange(exchange),
    scope: exchange.scope,
    amend: (answer) =>
      amendAnswer(answer, (members) =>
        isNotApplicable(members) ? { ...members, token_type: 'Bearer' } : members,
      ),
  })
  const issuedTokenType = body['issued_token_type']
  if (typeof issuedTokenType !== 'string') {
    throw new ProtocolError(
      'token_response_malformed',
      'The answer to the token exchange has no issued_token_type.',
    )
  }
  return { ...response, issuedTokenType, ...(isNotApplicable(body) && { tokenType: 'n_a' as const }) }
}

function buildExchange(exchange: TokenExchange): URLSearchParams {
  const { subjectToken, subjectTokenType = tokenTypes.accessToken, actorToken } = exchange
  const actorTokenType = exchange.actorTokenType ?? tokenTypes.accessToken
  return buildParameters(
    {
      subject_token: subjectToken,
      subject_token_type: subjectTokenType,
      actor_token: actorToken,
      actor_token_type: actorToken === undefined ? undefined : actorTokenType,
      audience: exchange.audience,
      resource: exchange.resource,
      scope: exchange.scope,
      requested_token_type: exchange.requestedTokenType,
    },
    exchange.extraParameters,
  )
}

function isNotApplicable({ token_type: tokenType }: Readonly<Record<string, unknown>>): boolean {
  return typeof tokenType === 'string' && tokenType.toLowerCase() === 'n_a'
}

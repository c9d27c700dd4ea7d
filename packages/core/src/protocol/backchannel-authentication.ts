import * as oauth from 'oauth4webapi'
import { UsageError } from '../errors.ts'
import type { Seconds } from '../ports/clock.ts'
import { buildParameters, notSupported } from './grant.ts'
import { loginRequestError, type PollingTerms, readPollingTerms } from './login-request.ts'
import { oauthClient, oauthOptions } from './oauth.ts'
import type { TokenClient } from './token-client.ts'

/** Who is to log in, by exactly one of the three hints, and for what. @see OpenID Connect CIBA Core 1.0 section 7.1 */
export interface BackchannelAuthenticationOptions {
  /** Space-delimited, with `openid`. Default `openid profile`. */
  readonly scope?: string
  /** A name that the server knows the user by. */
  readonly loginHint?: string
  /** A token that names the user. */
  readonly loginHintToken?: string
  /** An ID token that the client had for the user before. */
  readonly idTokenHint?: string
  /** Shown on both devices, so that the user sees what belongs together. */
  readonly bindingMessage?: string
  readonly acrValues?: readonly string[]
  /** A secret of the user's, where the server wants one against unwanted requests. */
  readonly userCode?: string
  /** For how long the user may take. */
  readonly requestedExpiry?: Seconds
  /** @see RFC 8707 section 2 */
  readonly resource?: string | readonly string[]
  readonly extraParameters?: Readonly<Record<string, string>>
}

/** A login that the user does on a device the server knows. Plain data: another process may go on with it. */
export interface BackchannelAuthentication extends PollingTerms {
  /** Fetches the tokens once the user agrees, so it is a secret: never show it. */
  readonly authReqId: string
  /** As asked for. */
  readonly scope: string
}

/**
 * Asks the server to have a user log in on a device of theirs; then call `pollBackchannelToken`.
 * @throws UsageError `invalid_configuration` unless there is exactly one hint, `not_supported_by_server`; ServerError `request_refused`,
 * with `error: 'unknown_user_id'` for one whom the server does not know; ProtocolError `login_request_malformed`; TransportError
 * @see OpenID Connect CIBA Core 1.0 section 7
 */
export async function requestBackchannelAuthentication(
  tokenClient: TokenClient,
  given: BackchannelAuthenticationOptions,
): Promise<BackchannelAuthentication> {
  const { client } = tokenClient
  const scope = given.scope ?? 'openid profile'
  const parameters = buildRequest(given, scope)
  const metadata = await tokenClient.metadata()
  if (!metadata.backchannel_authentication_endpoint) {
    throw notSupported(client.issuer, 'backchannel_authentication_endpoint')
  }
  const self = oauthClient(client)
  try {
    const response = await oauth.backchannelAuthenticationRequest(
      metadata,
      self,
      client.authentication,
      parameters,
      oauthOptions(client),
    )
    const answer = await oauth.processBackchannelAuthenticationResponse(metadata, self, response)
    return { authReqId: answer.auth_req_id, scope, ...readPollingTerms(client, answer) }
  } catch (error) {
    throw loginRequestError(error)
  }
}

function buildRequest(given: BackchannelAuthenticationOptions, scope: string): URLSearchParams {
  const hints = {
    login_hint: given.loginHint,
    login_hint_token: given.loginHintToken,
    id_token_hint: given.idTokenHint,
  }
  if (Object.values(hints).filter((hint) => hint !== undefined).length !== 1) {
    throw new UsageError(
      'invalid_configuration',
      'Give exactly one of loginHint, loginHintToken and idTokenHint.',
    )
  }
  return buildParameters(
    {
      ...hints,
      scope,
      binding_message: given.bindingMessage,
      acr_values: given.acrValues?.join(' '),
      user_code: given.userCode,
      requested_expiry: given.requestedExpiry?.toString(),
      resource: given.resource,
    },
    given.extraParameters,
  )
}

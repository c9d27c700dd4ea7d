import { checkAuthorizationResponse, readState } from '../protocol/authorization-response.ts'
import { requestTokenByCode } from '../protocol/token-request.ts'
import { beginSession } from './begin-session.ts'
import type { RelyingPartyContext } from './context.ts'

/** What a finished login gives back to the application. */
export interface FinishedLogin {
  /** As it was given to the start of the login; check it again before going there. */
  readonly returnTo?: string
  readonly appState?: unknown
}

/**
 * The second half of a login: binds the answer to its transaction, redeems the code, verifies the ID token, and only then
 * replaces the session. Whatever fails leaves the session as it was.
 * @throws ProtocolError (every `callback_…`, `id_token_…` and `key_…` code, `clock_skew`, `token_not_bound`); ServerError `access_denied`, `authorization_refused`,
 * `request_refused`; TransportError; StorageError; SessionError `dpop_key_lost`
 */
export async function finishLogin(
  context: RelyingPartyContext,
  answer: URLSearchParams,
): Promise<FinishedLogin> {
  let parameters = answer
  for (const extension of context.extensions) {
    const { client, keySet } = context
    parameters = (await extension.read?.(client, await context.metadata(), keySet, parameters)) ?? parameters
  }
  const state = readState(parameters)
  const transaction = await context.transactions.take(state)
  const {
    metadata,
    scope,
    redirectUri,
    codeVerifier,
    nonce,
    maxAge,
    acrValues,
    boundTo,
    returnTo,
    appState,
  } = transaction
  const { client, keySet } = context
  context.learnMetadata(metadata)
  const checked = checkAuthorizationResponse(client, metadata, parameters, state)
  const response = await requestTokenByCode(
    { client, metadata, keySet },
    { parameters: checked, redirectUri, codeVerifier, boundTo },
    {
      required: scope.split(' ').includes('openid'),
      nonce,
      ...(maxAge !== undefined && { maxAge }),
      ...(acrValues && { acrValues }),
    },
  )
  if (response.claims) client.senderConstraint?.learnServerTime(response.claims.iat)
  await beginSession(context, response, scope)
  return { ...(returnTo !== undefined && { returnTo }), ...(appState !== undefined && { appState }) }
}

import type { Call } from '../context.ts'
import { redirectAnswer } from '../http/answers.ts'
import type { OAuthError } from '../http/oauth-error.ts'
import { formPostPage } from '../pages/form-post-page.ts'
import type { ReturnAddress } from '../state/records.ts'
import { buildJwtResponse, splitResponseMode } from './jwt-response.ts'

function withQuery(redirectUri: string, parameters: URLSearchParams): string {
  const separator = redirectUri.includes('?') ? '&' : '?'
  return `${redirectUri}${separator}${parameters}`
}

async function respond(
  call: Call,
  { client, redirectUri, responseMode, state }: ReturnAddress,
  content: Readonly<Record<string, string>>,
): Promise<Response> {
  const parameters = new URLSearchParams(content)
  if (state !== undefined) parameters.set('state', state)
  const { dialect, settings } = call.context
  if (dialect.sendsIssuer) parameters.set('iss', dialect.readIssuer(settings))
  const [mode, isJwt] = splitResponseMode(responseMode)
  const sent = isJwt ? await buildJwtResponse(call.context, client, parameters) : parameters
  if (mode === 'form_post') return formPostPage(redirectUri, sent)
  if (mode === 'fragment') return redirectAnswer(`${redirectUri}#${sent}`)
  return redirectAnswer(withQuery(redirectUri, sent))
}

/** Sends the code back to the client, with `state` and `iss`. @see RFC 6749 section 4.1.2, RFC 9207 section 2 */
export function respondWithCode(call: Call, returnAddress: ReturnAddress, code: string): Promise<Response> {
  return respond(call, returnAddress, { code })
}

/** Sends a refusal back to the client, with `state` and `iss`. @see RFC 6749 section 4.1.2.1 */
export function respondWithError(
  call: Call,
  returnAddress: ReturnAddress,
  error: OAuthError,
): Promise<Response> {
  call.entry.error = error.code
  const { dialect } = call.context
  const state = dialect.sendsStateWithErrors ? returnAddress.state : undefined
  return respond(call, { ...returnAddress, state }, dialect.buildError(error))
}

import { readScopes } from '../clients/requested-scopes.ts'
import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { type Parameters, type ReceivedParameters, singleParameters } from '../http/parameters.ts'
import { readIdTokenHint } from '../logout/id-token-hint.ts'
import type { Client } from '../settings.ts'
import type { AuthorizationRequest, ReturnAddress } from '../state/records.ts'
import { readResources } from '../tokens/resource-indicators.ts'
import { readAuthorizationDetails } from './authorization-details.ts'
import { readClaimsRequest } from './claims-request.ts'
import { readCodeChallenge } from './code-challenge.ts'
import { responseModes } from './return-address.ts'

const words = (text: string | undefined): string[] => text?.split(' ').filter((word) => word !== '') ?? []

/** The values of `prompt` this server knows. @see OpenID Connect Core 1.0 section 3.1.2.1 */
export const promptValues: readonly string[] = ['none', 'login', 'consent', 'select_account']

function readResponseType(context: ServerContext, parameters: Parameters, client: Client): string {
  const responseType = parameters.get('response_type')
  if (responseType === undefined)
    throw new OAuthError('invalid_request', 'parameter response_type is missing')
  const { responseTypes } = context.dialect
  const known = Object.hasOwn(responseTypes, responseType) ? responseTypes[responseType] : undefined
  if (!known) {
    const names = Object.keys(responseTypes).join(' or ')
    throw new OAuthError('unsupported_response_type', `response_type must be ${names}`)
  }
  if (!client.grantTypes.includes(known.grantType)) {
    throw new OAuthError('unauthorized_client', 'the client is not registered for this response_type')
  }
  const responseMode = parameters.get('response_mode')
  if (responseMode !== undefined && !responseModes.some((mode) => mode === responseMode)) {
    throw new OAuthError('invalid_request', `response_mode must be one of ${responseModes.join(', ')}`)
  }
  return responseType
}

function checkUnsupported(parameters: Parameters): void {
  for (const name of ['request_uri', 'registration'] as const) {
    if (parameters.has(name))
      throw new OAuthError(`${name}_not_supported`, `parameter ${name} is not supported`)
  }
}

function readPrompts(parameters: Parameters): readonly string[] {
  const prompts = words(parameters.get('prompt'))
  const unknown = prompts.find((prompt) => !promptValues.includes(prompt))
  if (unknown !== undefined) throw new OAuthError('invalid_request', `prompt ${unknown} is not supported`)
  if (prompts.includes('none') && prompts.length > 1) {
    throw new OAuthError('invalid_request', 'prompt none excludes every other prompt')
  }
  return prompts
}

function readMaxAge(parameters: Parameters): number | undefined {
  const text = parameters.get('max_age')
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) throw new OAuthError('invalid_request', 'max_age must be a number of seconds')
  return Number(text)
}

/** What a server without DPoP never looks at. @see RFC 9449 section 10 */
function readDpopJkt({ dialect }: ServerContext, parameters: Parameters): string | undefined {
  const jkt = dialect.dpop ? parameters.get('dpop_jkt') : undefined
  if (jkt === undefined || /^[\w-]{43}$/.test(jkt)) return jkt
  throw new OAuthError('invalid_request', 'dpop_jkt is not a SHA-256 thumbprint in base64url')
}

async function readHintedSubject(
  context: ServerContext,
  parameters: Parameters,
): Promise<string | undefined> {
  const idTokenHint = parameters.get('id_token_hint')
  return idTokenHint === undefined ? undefined : (await readIdTokenHint(context, idTokenHint)).subject
}

/**
 * Checks an authorization request whose return address is known to be good.
 *
 * @throws OAuthError to be sent to the return address
 * @see RFC 6749 section 4.1.1, OpenID Connect Core 1.0 section 3.1.2.1
 */
export async function checkAuthorizationRequest(
  context: ServerContext,
  received: ReceivedParameters,
  returnAddress: ReturnAddress,
): Promise<AuthorizationRequest> {
  const parameters = singleParameters(received)
  const { client } = returnAddress
  checkUnsupported(parameters)
  context.dialect.checkAuthorizationRequest?.(parameters)
  const responseType = readResponseType(context, parameters, client)
  const { settings } = context
  const { claims, essentialAcrValues, subject } = readClaimsRequest(parameters.get('claims'))
  const details = parameters.get('authorization_details')
  return {
    ...returnAddress,
    responseType,
    scopes: readScopes(context, client, parameters.get('scope')),
    ...readCodeChallenge(context, client, parameters),
    nonce: parameters.get('nonce'),
    prompts: readPrompts(parameters),
    maxAge: readMaxAge(parameters),
    loginHint: parameters.get('login_hint'),
    hintedSubject: (await readHintedSubject(context, parameters)) ?? subject,
    acrValues: essentialAcrValues.length > 0 ? essentialAcrValues : words(parameters.get('acr_values')),
    dpopJkt: readDpopJkt(context, parameters),
    claims,
    resources: readResources(settings, received),
    authorizationDetails: readAuthorizationDetails(settings, client, details),
    asked: parameters,
  }
}

import type { Call } from '../context.ts'
import { checkDpopProof } from '../dpop/dpop-proof.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { singleParameters } from '../http/parameters.ts'
import type { AccessTokenRecord } from '../state/records.ts'
import { accessError, type AccessTokenScheme, type Protection } from './challenges.ts'

/** An access token that was presented as it must be. */
export interface PresentedToken {
  readonly scheme: AccessTokenScheme
  readonly value: string
  readonly record: AccessTokenRecord
}

const schemeNames: ReadonlyMap<string, AccessTokenScheme> = new Map([
  ['bearer', 'Bearer'],
  ['dpop', 'DPoP'],
])

function readScheme({ context }: Call, name: string | undefined): AccessTokenScheme | undefined {
  const scheme = schemeNames.get(name?.toLowerCase() ?? '')
  return scheme === 'DPoP' && !context.dialect.dpop ? undefined : scheme
}

/** The token by header or by form, never by both. @see RFC 6750 section 2, RFC 9449 section 7.1 */
function readToken(call: Call, protection: Protection): Omit<PresentedToken, 'record'> | undefined {
  const { request, received } = call
  const [name, inHeader = ''] = request.headers.get('authorization')?.split(' ') ?? []
  const scheme = readScheme(call, name)
  const takesForm = request.method === 'POST' && !protection.headerOnly
  const inForm = takesForm ? singleParameters(received).get('access_token') : undefined
  if (scheme && inForm !== undefined) {
    const fault = { code: 'invalid_request', description: 'the access token came twice' } as const
    throw accessError(call, protection, { ...fault, scheme, status: 400 })
  }
  if (scheme) return { scheme, value: inHeader }
  return inForm === undefined ? undefined : { scheme: 'Bearer', value: inForm }
}

/** Turns a refused proof into this endpoint's challenge. */
async function checkProof(call: Call, protection: Protection, accessToken: string): Promise<string> {
  try {
    const jkt = await checkDpopProof(call, accessToken)
    if (jkt !== undefined) return jkt
    throw new OAuthError('invalid_dpop_proof', 'the DPoP header is missing')
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const { code, message, headers } = error
    const fault = { scheme: 'DPoP', code, description: message, status: 401, headers } as const
    throw accessError(call, protection, fault)
  }
}

async function checkBinding(
  call: Call,
  protection: Protection,
  { scheme, value, record }: PresentedToken,
): Promise<void> {
  const refuse = (description: string) =>
    accessError(call, protection, { scheme: 'DPoP', code: 'invalid_token', description, status: 401 })
  if (scheme === 'Bearer') {
    if (record.jkt === undefined) return
    throw refuse('the access token is bound to a DPoP key and was presented as a bearer token')
  }
  const proved = await checkProof(call, protection, value)
  if (record.jkt !== proved) throw refuse('the access token is not bound to the key of this proof')
}

/**
 * Checks the access token that a request to a protected endpoint carries, as a bearer token or with a DPoP
 * proof. Undefined where the request carries none: that is answered with a challenge that names no error.
 *
 * @throws OAuthError with a challenge: `invalid_request`, `invalid_token`, `invalid_dpop_proof`, `use_dpop_nonce`
 * @see RFC 6750 section 3.1, RFC 9449 section 7
 */
export async function checkPresentedToken(
  call: Call,
  protection: Protection,
): Promise<PresentedToken | undefined> {
  const token = readToken(call, protection)
  if (!token) return undefined
  const record = call.context.stores.accessTokens.get(token.value)
  if (!record || record.revoked || record.family.revoked) {
    const description = 'the access token is unknown, expired or revoked'
    const fault = { scheme: token.scheme, code: 'invalid_token', description, status: 401 } as const
    throw accessError(call, protection, fault)
  }
  call.entry.clientId = record.family.client.clientId
  const presented = { ...token, record }
  await checkBinding(call, protection, presented)
  return presented
}

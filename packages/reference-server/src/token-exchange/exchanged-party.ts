import type { JWTPayload } from 'jose'
import { checkAssertion } from '../assertions/check-assertion.ts'
import type { ServerContext, TokenRequest } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { verifyOwnToken } from '../tokens/verify-own-token.ts'
import type { ActorClaim, Login } from '../state/records.ts'

/** The token types that this server knows. @see RFC 8693 section 3 */
export const tokenTypes = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const

/** Whom a token that is to be exchanged stands for. */
export interface ExchangedParty {
  readonly subject: string
  /** What it was good for; undefined where it says nothing of scopes. */
  readonly scopes: readonly string[] | undefined
  readonly login: Login | undefined
  /** Who acts for the subject already. */
  readonly actor: ActorClaim | undefined
  /** The only one who may act for the subject; undefined where the token does not limit it. */
  readonly mayAct: string | undefined
}

/** Says whether a claim names somebody, as `act` and `may_act` do. */
function isActor(claim: unknown): claim is ActorClaim {
  return typeof claim === 'object' && claim !== null && 'sub' in claim && typeof claim.sub === 'string'
}

const blank = { scopes: undefined, login: undefined, actor: undefined, mayAct: undefined }

function readAccessToken({ stores }: ServerContext, token: string): ExchangedParty | undefined {
  const record = stores.accessTokens.get(token)
  if (!record || record.revoked || record.family.revoked) return undefined
  const { subject, login, actor } = record.family
  return { subject, scopes: record.scopes, login, actor, mayAct: undefined }
}

/** An ID token is taken only from the client that it was issued to. */
async function readIdToken(
  { call: { context }, client }: TokenRequest,
  token: string,
): Promise<ExchangedParty | undefined> {
  const claims = await verifyOwnToken(context, token, 'JWT').catch(() => undefined)
  const { sub, aud, exp } = claims ?? {}
  const isGood = typeof exp === 'number' && exp > context.clock.now() && aud === client.clientId
  return isGood && typeof sub === 'string' ? { ...blank, subject: sub } : undefined
}

function readMayAct({ may_act: mayAct }: JWTPayload): string | undefined {
  return isActor(mayAct) ? mayAct.sub : undefined
}

async function readJwt(
  { call: { context } }: TokenRequest,
  token: string,
): Promise<ExchangedParty | undefined> {
  const own = readAccessToken(context, token)
  if (own) return own
  const { subject, claims } = await checkAssertion(context, token).catch((error: TypeError) => {
    throw new OAuthError('invalid_request', `the token is refused: ${error.message}`)
  })
  const actor = isActor(claims['act']) ? claims['act'] : undefined
  return { ...blank, subject, actor, mayAct: readMayAct(claims) }
}

async function readToken(
  request: TokenRequest,
  token: string,
  type: string,
): Promise<ExchangedParty | undefined> {
  if (type === tokenTypes.accessToken) return readAccessToken(request.call.context, token)
  if (type === tokenTypes.idToken) return readIdToken(request, token)
  if (type === tokenTypes.jwt) return readJwt(request, token)
  throw new OAuthError('invalid_request', 'this token type is not supported')
}

function readParty(request: TokenRequest, role: 'subject' | 'actor'): Promise<ExchangedParty | undefined> {
  const token = request.parameters.get(`${role}_token`)
  const type = request.parameters.get(`${role}_token_type`)
  if (token === undefined || type === undefined) {
    throw new OAuthError('invalid_request', `${role}_token and ${role}_token_type belong together`)
  }
  return readToken(request, token, type)
}

/**
 * Whom the new token is to stand for.
 *
 * @throws OAuthError `invalid_request`, the code for every token that will not do
 * @see RFC 8693 sections 2.1 and 2.2.2
 */
export async function readSubject(request: TokenRequest): Promise<ExchangedParty> {
  const subject = await readParty(request, 'subject')
  if (subject) return subject
  throw new OAuthError('invalid_request', 'subject_token is not one that is good here')
}

/**
 * Who is to act for the subject; undefined where the request names nobody.
 *
 * @throws OAuthError `invalid_request`, the code for every token that will not do
 * @see RFC 8693 sections 2.1 and 2.2.2
 */
export async function readActor(request: TokenRequest): Promise<ExchangedParty | undefined> {
  const { parameters } = request
  if (!parameters.has('actor_token') && !parameters.has('actor_token_type')) return undefined
  const actor = await readParty(request, 'actor')
  if (actor) return actor
  throw new OAuthError('invalid_request', 'actor_token is not one that is good here')
}

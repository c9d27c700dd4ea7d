import type { IssuedTokens, ServerContext, TokenFacts } from '../context.ts'
import type { AuthorizationDetail, TokenFamily } from '../state/records.ts'
import { keepFamily } from './token-families.ts'

/** What one token answer is to hold. */
export interface TokenOrder {
  readonly family: TokenFamily
  readonly scopes: readonly string[]
  /** Default: those of the family. */
  readonly resources?: readonly string[]
  /** Default: those of the family. */
  readonly authorizationDetails?: readonly AuthorizationDetail[]
  readonly nonce?: string | undefined
  /** Thumbprint of the DPoP key that the access token is bound to. */
  readonly jkt: string | undefined
  /** The `scope` of a token request. Default: that of the request the family began with. */
  readonly askedScope?: string | undefined
  readonly withRefreshToken: boolean
  /** Default: true, where a user logged in and `openid` was granted. */
  readonly withIdToken?: boolean
}

/** How each kind of token is named in the ledger, and how long it lives. */
const kinds = {
  access_token: { prefix: 'at', lifetime: 'accessToken' },
  refresh_token: { prefix: 'rt', lifetime: 'refreshToken' },
  id_token: { prefix: 'it', lifetime: 'idToken' },
} as const

/** Names a new token, counts its time, and writes it down. */
function beginToken(context: ServerContext, order: TokenOrder, kind: keyof typeof kinds): TokenFacts {
  const { family, scopes, resources, authorizationDetails, jkt } = { ...order.family, ...order }
  const { prefix, lifetime } = kinds[kind]
  const id = context.stores.nextId(prefix)
  const issuedAt = context.clock.now()
  const expiresAt = issuedAt + context.settings.lifetimes[lifetime]
  const { clientId } = family.client
  const written = { kind, id, familyId: family.id, clientId, subject: family.subject, expiresAt }
  context.ledger.addToken({ ...written, scope: scopes.join(' ') })
  const audience = resources.length > 0 ? resources : [family.client.audience]
  return { family, scopes, audience, authorizationDetails, jkt, id, issuedAt, expiresAt }
}

async function issueAccessToken(context: ServerContext, order: TokenOrder): Promise<string> {
  const facts = beginToken(context, order, 'access_token')
  const value = await context.dialect.buildAccessToken(context, facts)
  context.stores.accessTokens.set(value, { ...facts, revoked: false }, facts.expiresAt)
  return value
}

async function issueRefreshToken(context: ServerContext, order: TokenOrder): Promise<string> {
  const facts = beginToken(context, order, 'refresh_token')
  const unspent = { spentAt: undefined, graceUsed: false }
  const value = await context.dialect.buildRefreshToken(context, facts)
  context.stores.refreshTokens.set(value, { ...facts, ...unspent }, facts.expiresAt)
  return value
}

async function issueIdToken(
  context: ServerContext,
  order: TokenOrder,
  accessToken: string,
): Promise<string | undefined> {
  const { buildIdToken } = context.dialect
  if (!buildIdToken) return undefined
  const facts = beginToken(context, order, 'id_token')
  return buildIdToken(context, { ...facts, nonce: order.nonce, accessToken })
}

/**
 * Issues what one token answer holds: an access token; an ID token where a user logged in and `openid` was
 * granted; a refresh token where it is ordered.
 */
export async function issueTokens(context: ServerContext, order: TokenOrder): Promise<IssuedTokens> {
  const { family, scopes } = order
  keepFamily(context, family)
  const refreshToken = order.withRefreshToken ? await issueRefreshToken(context, order) : undefined
  const accessToken = await issueAccessToken(context, order)
  const mayHaveIdToken = order.withIdToken ?? true
  const wantsIdToken = mayHaveIdToken && family.login !== undefined && scopes.includes('openid')
  const idToken = wantsIdToken ? await issueIdToken(context, order, accessToken) : undefined
  const tokenType = order.jkt === undefined ? 'Bearer' : 'DPoP'
  const expiresIn = context.settings.lifetimes.accessToken
  const askedScope = order.askedScope ?? family.asked.get('scope')
  const { authorizationDetails } = { ...family, ...order }
  return {
    accessToken,
    tokenType,
    expiresIn,
    scopes,
    askedScope,
    authorizationDetails,
    refreshToken,
    idToken,
  }
}

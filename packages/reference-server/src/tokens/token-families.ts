import type { ServerContext } from '../context.ts'
import { isPublic } from '../clients/public-client.ts'
import type { Parameters } from '../http/parameters.ts'
import type { ActorClaim, Login, TokenFamily } from '../state/records.ts'

const noClaims = { userinfo: [], idToken: [] }
const nothing: Parameters = new Map()

/** What one authorization granted, and to whom. */
export interface NewFamily
  extends
    Pick<TokenFamily, 'client' | 'scopes'>,
    Partial<Pick<TokenFamily, 'resources' | 'authorizationDetails' | 'claims' | 'asked'>> {
  /** The login behind it; without one, `subject` says whom it is for. */
  readonly login?: Login | undefined
  /** Default: the client itself. */
  readonly subject?: string
  /** Thumbprint of the DPoP key that the client proved. */
  readonly jkt: string | undefined
  readonly actor?: ActorClaim | undefined
}

/** Begins the family of tokens that one authorization leads to. */
export function startFamily(context: ServerContext, grant: NewFamily): TokenFamily {
  const { client, login, subject = client.clientId, scopes, jkt, actor } = grant
  const { resources = [], authorizationDetails = [], claims = noClaims, asked = nothing } = grant
  const family: TokenFamily = {
    id: context.stores.nextId('family'),
    client,
    subject: login?.user.subject ?? subject,
    login,
    scopes,
    resources,
    authorizationDetails,
    claims,
    asked,
    actor,
    jkt: isPublic(client) ? jkt : undefined,
    revoked: false,
  }
  keepFamily(context, family)
  return family
}

/** Keeps a family for as long as its newest token can live. */
export function keepFamily({ stores, clock, settings }: ServerContext, family: TokenFamily): void {
  const { accessToken, refreshToken } = settings.lifetimes
  stores.families.set(family.id, family, clock.now() + Math.max(accessToken, refreshToken))
}

/** Makes every token of the family worthless. */
export function revokeFamily({ ledger }: ServerContext, family: TokenFamily): void {
  if (family.revoked) return
  family.revoked = true
  ledger.addEvent({ type: 'family_revoked', familyId: family.id })
}

import type { ServerContext } from '../context.ts'
import { isPublic } from '../clients/public-client.ts'
import type { Client } from '../settings.ts'
import type { Login, TokenFamily } from '../state/records.ts'

/** What one authorization granted. */
export interface NewFamily {
  readonly client: Client
  readonly login: Login
  readonly scopes: readonly string[]
  /** Thumbprint of the DPoP key that the client proved. */
  readonly jkt: string | undefined
}

/** Begins the family of tokens that one authorization leads to. */
export function startFamily(context: ServerContext, { client, login, scopes, jkt }: NewFamily): TokenFamily {
  const { user } = login
  const bound = isPublic(client) ? jkt : undefined
  const id = context.stores.nextId('family')
  const family: TokenFamily = { id, client, subject: user.subject, login, scopes, jkt: bound, revoked: false }
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

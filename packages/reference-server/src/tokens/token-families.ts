import type { ServerContext } from '../context.ts'
import type { Client } from '../settings.ts'
import type { Login, TokenFamily } from '../state/records.ts'

/** Begins the family of tokens that one authorization leads to. */
export function startFamily(
  context: ServerContext,
  { client, login, scopes }: { client: Client; login: Login; scopes: readonly string[] },
): TokenFamily {
  const { user } = login
  const id = context.stores.nextId('family')
  const family: TokenFamily = { id, client, subject: user.subject, login, scopes, revoked: false }
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

import type { IssuedTokens, ServerContext, TokenRequest } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { User } from '../settings.ts'
import type { PendingGrant } from '../state/pending-records.ts'
import type { Login } from '../state/records.ts'
import { issueTokens } from '../tokens/issue-tokens.ts'
import { startFamily } from '../tokens/token-families.ts'
import { readTokenTarget } from '../tokens/token-target.ts'

const slowerBySeconds = 5

/** A grant about which nobody has decided. */
export function createPendingGrant(
  { clock, settings }: ServerContext,
  grant: Pick<PendingGrant, 'client' | 'scopes' | 'acrValues'> & { readonly lifetime: number },
): PendingGrant {
  const { lifetime, ...facts } = grant
  return {
    ...facts,
    expiresAt: clock.now() + lifetime,
    interval: settings.pollingInterval,
    lastPolledAt: undefined,
    decision: undefined,
    spent: false,
  }
}

/** Writes down what the user said. `login` is the login in which it was said, or a new one. */
export function decide(
  { clock, newSecret }: ServerContext,
  grant: PendingGrant,
  { allowed, user, login }: { allowed: boolean; user: User; login?: Login | undefined },
): void {
  const [acr] = grant.acrValues
  const fresh = { sid: newSecret(), user, authTime: clock.now(), acr }
  grant.decision = allowed ? { allowed, login: login ?? fresh } : { allowed }
}

/** @see RFC 8628 section 3.5 */
function stillPending({ clock }: ServerContext, grant: PendingGrant): OAuthError {
  const now = clock.now()
  const isTooSoon = grant.lastPolledAt !== undefined && now - grant.lastPolledAt < grant.interval
  grant.lastPolledAt = now
  if (!isTooSoon) return new OAuthError('authorization_pending', 'the user has not decided yet')
  grant.interval += slowerBySeconds
  return new OAuthError('slow_down', `wait ${grant.interval} seconds between two requests`)
}

function spend(context: ServerContext, grant: PendingGrant): Login {
  if (grant.spent) throw new OAuthError('invalid_grant', 'the tokens have been given out already')
  if (grant.expiresAt <= context.clock.now()) throw new OAuthError('expired_token', 'the request has expired')
  if (!grant.decision) throw stillPending(context, grant)
  if (!grant.decision.allowed) throw new OAuthError('access_denied', 'the user refused')
  grant.spent = true
  return grant.decision.login
}

/**
 * Answers one poll: with tokens once the user has allowed it, and never twice.
 *
 * @throws OAuthError `authorization_pending`, `slow_down`, `expired_token`, `access_denied` or `invalid_grant`
 * @see RFC 8628 section 3.5, OpenID Connect CIBA Core 1.0 section 11
 */
export function redeemPendingGrant(
  request: TokenRequest,
  grant: PendingGrant | undefined,
): Promise<IssuedTokens> {
  const { call, client, jkt } = request
  const { context } = call
  if (!grant || grant.client !== client) {
    throw new OAuthError('invalid_grant', 'the request is unknown or of another client')
  }
  const { scopes } = grant
  const target = readTokenTarget(request, { scopes, resources: [], authorizationDetails: [] })
  const login = spend(context, grant)
  const family = startFamily(context, { client, login, scopes, jkt })
  const withRefreshToken = client.grantTypes.includes('refresh_token')
  return issueTokens(context, { family, ...target, jkt, withRefreshToken })
}

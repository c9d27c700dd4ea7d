import { ProtocolError, ServerError, SessionError } from '../errors.ts'
import { epochSeconds } from '../ports/clock.ts'
import type { IdTokenClaims } from '../protocol/id-token.ts'
import { requestTokenByRefresh, type TokenEndpoint } from '../protocol/token-request.ts'
import { isFresh, mergeTokenResponse, type TokenSet } from './token-set.ts'
import type { TokenVault, VaultEntry } from './token-vault.ts'

/** What a refresh needs. */
export interface RefreshContext {
  /** Names the refresh-token family; one refresh of it runs at a time. */
  readonly lockName: string
  readonly vault: TokenVault
  endpoint(): Promise<TokenEndpoint>
}

/**
 * Gives a token set newer than `stale`: somebody else's, if one was first, else that of one token request.
 * @throws SessionError `login_required` (logged out meanwhile), `session_expired`; ServerError; ProtocolError; TransportError
 * @see RFC 6749 section 6, RFC 9700 section 4.14
 */
export async function refresh(context: RefreshContext, stale: TokenSet): Promise<TokenSet> {
  const endpoint = await context.endpoint()
  const { clock, lock } = endpoint.client.runtime
  return lock.run(context.lockName, async () => {
    const entry = await readEntry(context.vault)
    const isNews = entry.tokens.accessToken !== stale.accessToken
    if (isNews && isFresh(entry.tokens, epochSeconds(clock))) return entry.tokens
    return requestRefresh(context, endpoint, entry)
  })
}

async function readEntry(vault: TokenVault): Promise<VaultEntry> {
  const entry = await vault.read()
  if (!entry) throw new SessionError('login_required', 'There is no session. Call login().')
  return entry
}

async function requestRefresh(
  context: RefreshContext,
  endpoint: TokenEndpoint,
  entry: VaultEntry,
): Promise<TokenSet> {
  const { refreshToken, claims } = entry.tokens
  if (refreshToken === undefined)
    throw await endSession(context.vault, 'The access token ran out and there is no refresh token.')
  try {
    const response = await requestTokenByRefresh(endpoint, refreshToken)
    checkSameUser(claims, response.claims)
    const tokens = mergeTokenResponse(response, epochSeconds(endpoint.client.runtime.clock), entry.tokens)
    return await keep(context.vault, tokens, entry)
  } catch (error) {
    if (!(error instanceof ServerError && error.error === 'invalid_grant')) throw error
    const latest = await readEntry(context.vault)
    if (latest.generation !== entry.generation) return latest.tokens
    throw await endSession(context.vault, 'The server refuses the refresh token.')
  }
}

/** Whoever wrote or erased while the request was under way has the last word: the answer is then dropped. */
async function keep(vault: TokenVault, tokens: TokenSet, before: VaultEntry): Promise<TokenSet> {
  const generation = await vault.advance(tokens, before.generation)
  return generation === undefined ? (await readEntry(vault)).tokens : tokens
}

async function endSession(vault: TokenVault, why: string): Promise<SessionError> {
  await vault.erase()
  return new SessionError('session_expired', `${why} The user must log in again: call login().`)
}

/** @see OpenID Connect Core section 12.2 */
function checkSameUser(before: IdTokenClaims | undefined, after: IdTokenClaims | undefined): void {
  const changed = before && after && (['iss', 'sub'] as const).find((name) => before[name] !== after[name])
  if (changed) {
    throw new ProtocolError(
      'id_token_claim_invalid',
      `The refreshed ID token has another ${changed}. It was dropped.`,
      { claim: changed },
    )
  }
}

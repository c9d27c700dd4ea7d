import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Client } from '../settings.ts'

/** Says whether the server has this scope and the client may ask for it. */
export function mayHaveScope({ settings }: ServerContext, client: Client, scope: string): boolean {
  return settings.scopes.has(scope) && client.scopes?.includes(scope) !== false
}

/**
 * The scopes that a `scope` parameter asks for, each once.
 *
 * @throws OAuthError `invalid_scope` when one is unknown or not for this client
 * @see RFC 6749 section 3.3
 */
export function readScopes(
  context: ServerContext,
  client: Client,
  asked: string | undefined,
): readonly string[] {
  const scopes = [...new Set(asked?.split(' ').filter((scope) => scope !== ''))]
  const refused = scopes.find((scope) => !mayHaveScope(context, client, scope))
  if (refused !== undefined) throw new OAuthError('invalid_scope', `scope ${refused} is not to be had`)
  return scopes
}

/**
 * The scopes that a program asks for on its own account.
 *
 * @throws OAuthError `invalid_scope`, also for those that only a user can grant
 */
export function readProgramScopes(
  context: ServerContext,
  client: Client,
  asked: string | undefined,
): readonly string[] {
  const scopes = readScopes(context, client, asked)
  const ofUsers = scopes.find((scope) => scope === 'openid' || scope === 'offline_access')
  if (ofUsers === undefined) return scopes
  throw new OAuthError('invalid_scope', `scope ${ofUsers} needs a user who logs in`)
}

import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Client } from '../settings.ts'

/** Says whether the server has this scope and the client may ask for it. */
export function mayHaveScope({ settings }: ServerContext, client: Client, scope: string): boolean {
  return settings.scopes.has(scope) && client.scopes?.includes(scope) !== false
}

/**
 * The scopes that a `scope` parameter asks for, each once, as far as the dialect grants them.
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
  return context.dialect.grantScopes(context, client, scopes)
}

/**
 * All the scopes asked for, or none.
 *
 * @throws OAuthError `invalid_scope`
 */
export function grantAllScopes(
  context: ServerContext,
  client: Client,
  asked: readonly string[],
): readonly string[] {
  const refused = asked.find((scope) => !mayHaveScope(context, client, scope))
  if (refused === undefined) return asked
  throw new OAuthError('invalid_scope', `scope ${refused} is not to be had`)
}

/** Those of the scopes asked for that the client may have. */
export function grantOpenScopes(
  context: ServerContext,
  client: Client,
  asked: readonly string[],
): readonly string[] {
  return asked.filter((scope) => mayHaveScope(context, client, scope))
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

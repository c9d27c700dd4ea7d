import { accessError } from '../../access/challenges.ts'
import type { PresentedToken } from '../../access/presented-token.ts'
import { protectedHandler } from '../../access/protected-handler.ts'
import type { Call, Endpoint } from '../../context.ts'
import type { Guard } from '../../guards.ts'
import { jsonAnswer } from '../../http/answers.ts'
import { readJsonBody } from '../../http/json.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import type { User } from '../../settings.ts'
import { claimsByScope, claimsOfScopes } from '../../users/user-claims.ts'
import { accountGuard, adminGuard } from './passport-guards.ts'

const profileScopes: readonly string[] = ['profile', 'email', 'phone', 'address']

/** What account holders may change of themselves; whether something is verified is not for them to say. */
const editable: ReadonlySet<string> = new Set(
  profileScopes
    .flatMap((scope) => claimsByScope[scope] ?? [])
    .filter((claim) => !claim.endsWith('_verified')),
)

/** What a handler asks of a token: its guard, and a scope. */
interface Demand {
  readonly guard: Guard
  readonly scope?: string
}

/** The person whom a token of this guard stands for; a token of the other guard is refused. */
function readUser(call: Call, { scheme, record }: PresentedToken, { guard, scope }: Demand): User {
  const { login, client } = record.family
  const protection = { realm: guard.name }
  if (!login || client.userProvider.guard !== guard) {
    const description = 'the access token was issued for another part of the server'
    throw accessError(call, protection, { scheme, code: 'invalid_token', description, status: 401 })
  }
  if (scope !== undefined && !record.scopes.includes(scope)) {
    const fault = { code: 'insufficient_scope', description: 'the access token lacks a scope' } as const
    throw accessError(call, protection, { ...fault, scheme, status: 403, parameters: { scope } })
  }
  return login.user
}

const answerProfile = ({ context }: Call, user: User): Response =>
  jsonAnswer(claimsOfScopes(user, profileScopes, context.settings))

async function editProfile(call: Call, user: User): Promise<Response> {
  const changes = await readJsonBody(call.request, 'invalid_request')
  const refused = Object.keys(changes).find((claim) => !editable.has(claim))
  if (refused !== undefined) throw new OAuthError('invalid_request', `${refused} cannot be changed`)
  Object.assign(user.claims, changes)
  if ('email' in changes) user.claims['email_verified'] = false
  if ('phone_number' in changes) user.claims['phone_number_verified'] = false
  return answerProfile(call, user)
}

/** The account holder's own profile, to read (`account.read`) and to edit (`account.write`). */
export const accountProfileEndpoint: Endpoint = {
  name: 'account_profile',
  path: '/account/profile',
  methods: ['GET', 'PUT'],
  origins: 'clients',
  speaks: 'json',
  handle: protectedHandler({ realm: accountGuard.name }, async (call, token) => {
    const edits = call.request.method === 'PUT'
    const scope = edits ? 'account.write' : 'account.read'
    const user = readUser(call, token, { guard: accountGuard, scope })
    return edits ? editProfile(call, user) : answerProfile(call, user)
  }),
}

/** The administrator's own profile, to read with any token of an administrator. */
export const adminProfileEndpoint: Endpoint = {
  name: 'admin_profile',
  path: '/admin/profile',
  methods: ['GET'],
  origins: 'clients',
  speaks: 'json',
  handle: protectedHandler({ realm: adminGuard.name }, async (call, token) =>
    answerProfile(call, readUser(call, token, { guard: adminGuard })),
  ),
}

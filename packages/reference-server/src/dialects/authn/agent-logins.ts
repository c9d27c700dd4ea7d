import { authenticateClient } from '../../clients/client-authentication.ts'
import type { Call, Endpoint } from '../../context.ts'
import { jsonAnswer } from '../../http/answers.ts'
import { readJsonBody } from '../../http/json.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import type { PasswordRequest } from '../../legacy/password-grant.ts'
import type { User } from '../../settings.ts'
import type { ServerClock } from '../../state/clock.ts'
import { ExpiringMap } from '../../state/expiring-map.ts'
import { newUuid } from '../../state/secret-forms.ts'
import { checkPassword, findUser } from '../../users/check-password.ts'

const uuidSeconds = 300

/** Logins of agents, who have no password of their own but get a uuid for each login. */
export interface AgentLogins {
  readonly endpoint: Endpoint
  /** The user whom a password request means: an agent by an unused uuid, anybody else by the password. */
  readonly findUser: (request: PasswordRequest) => Promise<User | undefined>
}

/** Begins with no logins under way. */
export function createAgentLogins(agents: readonly string[], clock: ServerClock): AgentLogins {
  const uuids = new ExpiringMap<User>(clock)

  async function answer(call: Call): Promise<Response> {
    const client = await authenticateClient(call, new Map())
    if (!client.grantTypes.includes('password')) {
      throw new OAuthError('unauthorized_client', 'the client is not registered for the password grant')
    }
    const { username } = await readJsonBody(call.request, 'invalid_request')
    if (typeof username !== 'string') throw new OAuthError('invalid_request', 'username must be a string')
    const user = agents.includes(username) ? findUser(client.userProvider, username) : undefined
    if (!user) throw new OAuthError('invalid_grant', 'there is no agent with this username')
    const uuid = newUuid(call.context.newSecret)
    uuids.set(uuid, user, clock.now() + uuidSeconds)
    return jsonAnswer({ uuid })
  }

  function takeAgent({ username, password }: PasswordRequest): User | undefined {
    const user = uuids.get(password)
    if (user?.username !== username) return undefined
    uuids.delete(password)
    return user
  }

  return {
    endpoint: {
      name: 'login_uuid',
      path: '/login/uuid',
      methods: ['POST'],
      body: 'other',
      origins: 'none',
      speaks: 'json',
      handle: answer,
    },
    findUser: async (request) =>
      agents.includes(request.username)
        ? takeAgent(request)
        : checkPassword(request.client.userProvider, request.username, request.password),
  }
}

import type { ServerContext } from '../context.ts'
import type { Client } from '../settings.ts'
import type { Login } from '../state/records.ts'
import type { EndedLogin } from './end-login.ts'
import { buildLogoutToken } from './logout-token.ts'

const patienceMilliseconds = 5000

async function post(context: ServerContext, url: string, logoutToken: string): Promise<number> {
  const request = new Request(url, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: logoutToken }),
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMilliseconds),
  })
  const response = await context.settings.http(request)
  await response.body?.cancel()
  return response.status
}

/** Tells one client, and writes down what it answered. Whatever it does, the logout goes on. */
async function notify(context: ServerContext, client: Client, login: Login): Promise<void> {
  const { backchannelLogoutUri: url, clientId } = client
  if (url === undefined) return
  const about = { type: 'backchannel_logout', clientId, username: login.user.username } as const
  try {
    const status = await post(context, url, await buildLogoutToken(context, client, login))
    context.ledger.addEvent({ ...about, status })
  } catch (error) {
    context.ledger.addEvent({ ...about, failure: error instanceof Error ? error.message : String(error) })
  }
}

/**
 * Sends a logout token to every client that took part in these logins and has a place for it. Ends when all
 * have answered, or after five seconds.
 *
 * @see OpenID Connect Back-Channel Logout 1.0 section 2.5
 */
export async function notifyClients(context: ServerContext, ended: readonly EndedLogin[]): Promise<void> {
  const all = ended.flatMap(({ login, clients }) => clients.map((client) => notify(context, client, login)))
  await Promise.all(all)
}

import type { ServerContext } from '../context.ts'
import type { Client } from '../settings.ts'
import type { Login } from '../state/records.ts'
import type { EndedLogin } from './end-login.ts'

function frameUrl({ settings, dialect }: ServerContext, client: Client, { sid }: Login): string[] {
  if (client.frontchannelLogoutUri === undefined) return []
  const url = new URL(client.frontchannelLogoutUri)
  if (client.frontchannelLogoutSessionRequired) {
    url.searchParams.set('iss', dialect.readIssuer(settings))
    url.searchParams.set('sid', sid)
  }
  return [url.href]
}

/**
 * The addresses that the logged-out page loads in frames, so that each client can end its own session.
 *
 * @see OpenID Connect Front-Channel Logout 1.0 section 3
 */
export function frontchannelLogoutUrls(
  context: ServerContext,
  ended: readonly EndedLogin[],
): readonly string[] {
  const urls = ended.flatMap(({ login, clients }) =>
    clients.flatMap((client) => frameUrl(context, client, login)),
  )
  return [...new Set(urls)]
}

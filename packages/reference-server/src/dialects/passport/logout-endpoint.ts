import type { Call, Endpoint } from '../../context.ts'
import { redirectAnswer } from '../../http/answers.ts'
import { readBrowser } from '../../http/browser-cookie.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import { type Parameters, singleParameters } from '../../http/parameters.ts'
import { readIdTokenHint } from '../../logout/id-token-hint.ts'
import { loggedOutPage } from '../../pages/logout-pages.ts'
import type { Client } from '../../settings.ts'

async function readClients(call: Call, parameters: Parameters): Promise<readonly Client[]> {
  const clients = [...call.context.settings.clients.values()]
  const idTokenHint = parameters.get('id_token_hint')
  if (idTokenHint === undefined) return clients
  const { clientId } = await readIdTokenHint(call.context, idTokenHint)
  call.entry.clientId = clientId
  return clients.filter((client) => client.clientId === clientId)
}

function readReturnTo(parameters: Parameters, clients: readonly Client[]): string | undefined {
  const address = parameters.get('post_logout_redirect_uri')
  if (address === undefined) return undefined
  if (!clients.some((client) => client.postLogoutRedirectUris.includes(address))) {
    throw new OAuthError('invalid_request', 'this post_logout_redirect_uri is not registered')
  }
  const state = parameters.get('state')
  if (state === undefined) return address
  return `${address}${address.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
}

/** Ends the sessions of this browser at every guard. Tokens live on. */
function clearSessions({ context, request }: Call): void {
  for (const guard of context.dialect.guards) {
    const browser = readBrowser(context, request, guard)
    if (!browser?.login) continue
    context.ledger.addEvent({ type: 'logout', username: browser.login.user.username })
    browser.login = undefined
  }
}

async function logOut(call: Call): Promise<Response> {
  const parameters = singleParameters(call.received)
  const returnTo = readReturnTo(parameters, await readClients(call, parameters))
  clearSessions(call)
  return returnTo === undefined ? loggedOutPage({ frames: [], returnTo }) : redirectAnswer(returnTo)
}

/** Logs out at once, without asking, and goes back. Without a hint the address may be that of any client. */
export const passportLogoutEndpoint: Endpoint = {
  name: 'end_session',
  path: '/oauth/logout',
  methods: ['GET'],
  metadata: 'end_session_endpoint',
  origins: 'none',
  speaks: 'html',
  handle: logOut,
}

import type { Call, Endpoint } from '../../context.ts'
import { redirectAnswer } from '../../http/answers.ts'
import { readBrowser } from '../../http/browser-cookie.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import { type Parameters, singleParameters } from '../../http/parameters.ts'
import { loggedOutPage } from '../../pages/logout-pages.ts'

/** `returnTo` must be known for the client that is named, or for any where none is. */
function readReturnTo({ context, entry }: Call, parameters: Parameters): string | undefined {
  const [returnTo, clientId] = [parameters.get('returnTo'), parameters.get('client_id')]
  entry.clientId = clientId
  if (returnTo === undefined) return undefined
  const clients = [...context.settings.clients.values()].filter(
    (client) => clientId === undefined || client.clientId === clientId,
  )
  if (clients.some((client) => client.postLogoutRedirectUris.includes(returnTo))) return returnTo
  throw new OAuthError('invalid_request', 'this returnTo is not among the allowed logout URLs')
}

async function logOut(call: Call): Promise<Response> {
  const { context, request } = call
  const returnTo = readReturnTo(call, singleParameters(call.received))
  const browser = readBrowser(context, request)
  if (browser?.login) {
    context.ledger.addEvent({ type: 'logout', username: browser.login.user.username })
    browser.login = undefined
  }
  return returnTo === undefined ? loggedOutPage({ frames: [], returnTo }) : redirectAnswer(returnTo)
}

/** The vendor's own logout, which no metadata announces. It ends the session at once; tokens live on. */
export const auth0LogoutEndpoint: Endpoint = {
  name: 'logout',
  path: '/v2/logout',
  methods: ['GET'],
  origins: 'none',
  speaks: 'html',
  handle: logOut,
}

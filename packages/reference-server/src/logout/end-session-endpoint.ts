import type { Call, Endpoint, ServerContext } from '../context.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { redirectAnswer } from '../http/answers.ts'
import { createBrowser, readBrowser, withCookie } from '../http/browser-cookie.ts'
import { readPageInteraction } from '../http/page-interaction.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { type Parameters, singleParameters } from '../http/parameters.ts'
import { loggedOutPage, logoutConfirmationPage, stayedPage } from '../pages/logout-pages.ts'
import { notifyClients } from './backchannel-logout.ts'
import { endLogins } from './end-login.ts'
import { frontchannelLogoutUrls } from './frontchannel-logout.ts'
import { type IdTokenHint, readIdTokenHint } from './id-token-hint.ts'

const interactionSeconds = 3600

async function readHint({ context }: Call, parameters: Parameters): Promise<IdTokenHint | undefined> {
  const idToken = parameters.get('id_token_hint')
  if (idToken === undefined) return undefined
  const hint = await readIdTokenHint(context, idToken)
  const clientId = parameters.get('client_id')
  if (clientId === undefined || clientId === hint.clientId) return hint
  throw new OAuthError('invalid_request', 'client_id is not the client that id_token_hint was issued to')
}

/** Where to go after the logout, with `state`; only a registered address will do. */
function readReturnTo(call: Call, parameters: Parameters, hint: IdTokenHint | undefined): string | undefined {
  const address = parameters.get('post_logout_redirect_uri')
  if (address === undefined) return undefined
  const client = call.context.settings.clients.get(hint?.clientId ?? parameters.get('client_id') ?? '')
  if (!client?.postLogoutRedirectUris.includes(address)) {
    throw new OAuthError('invalid_request', 'this post_logout_redirect_uri is not registered for the client')
  }
  const state = parameters.get('state')
  if (state === undefined) return address
  return `${address}${address.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
}

async function askUser(call: Call, returnTo: string | undefined): Promise<Response> {
  const { context, request } = call
  const browser = readBrowser(context, request) ?? createBrowser(context)
  const interaction = { id: context.newSecret(), browser, formToken: context.newSecret(), returnTo }
  context.stores.logoutInteractions.set(interaction.id, interaction, context.clock.now() + interactionSeconds)
  const page = await logoutConfirmationPage(interaction, endpointUrl(context, 'end_session_confirm'))
  return withCookie(context, browser, page)
}

/** Ends a login, tells its clients, and goes on: by a page where some of them are told in frames. */
async function endAndLeave(
  context: ServerContext,
  sid: string,
  returnTo: string | undefined,
): Promise<Response> {
  const ended = endLogins(context, { sid }, false)
  await notifyClients(context, ended)
  const frames = frontchannelLogoutUrls(context, ended)
  if (returnTo !== undefined && frames.length === 0) return redirectAnswer(returnTo)
  return loggedOutPage({ frames, returnTo })
}

const leave = async (returnTo: string | undefined): Promise<Response> =>
  returnTo === undefined ? loggedOutPage({ frames: [], returnTo }) : redirectAnswer(returnTo)

async function endSession(call: Call): Promise<Response> {
  const { context, request, entry } = call
  const parameters = singleParameters(call.received)
  const hint = await readHint(call, parameters)
  entry.clientId = hint?.clientId ?? parameters.get('client_id')
  const returnTo = readReturnTo(call, parameters, hint)
  const here = readBrowser(context, request)?.login
  // A hint that names another login than this browser's proves nothing about this user's wish.
  if (hint?.sid === undefined || (here && here.sid !== hint.sid)) return askUser(call, returnTo)
  return endAndLeave(context, hint.sid, returnTo)
}

async function confirm(call: Call): Promise<Response> {
  const { id, browser, returnTo } = readPageInteraction(call, call.context.stores.logoutInteractions)
  call.context.stores.logoutInteractions.delete(id)
  if (call.received.values.get('decision') !== 'logout') return stayedPage()
  return browser.login ? endAndLeave(call.context, browser.login.sid, returnTo) : leave(returnTo)
}

/** The logout endpoint. @see OpenID Connect RP-Initiated Logout 1.0 section 2 */
export const endSessionEndpoint: Endpoint = {
  name: 'end_session',
  path: '/end-session',
  methods: ['GET', 'POST'],
  metadata: 'end_session_endpoint',
  origins: 'none',
  speaks: 'html',
  handle: endSession,
}

/** Takes the answer of the page that asks before a logout. */
export const endSessionConfirmEndpoint: Endpoint = {
  name: 'end_session_confirm',
  path: '/end-session/confirm',
  methods: ['POST'],
  origins: 'none',
  speaks: 'html',
  handle: confirm,
}

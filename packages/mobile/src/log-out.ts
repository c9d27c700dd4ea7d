import type { EndSessionRequest, LogoutOptions } from '@oauth-concierge/core'
import { whenAborted } from './agent-turns.ts'
import { logoutAddress } from './logout-address.ts'
import type { MobileContext } from './mobile-context.ts'
import { openAgent } from './visit-agent.ts'

/**
 * Ends the session: here first, then at the server, and last in the external user agent, where the user may be logged in still. That visit has no say
 * in the matter: closing it changes nothing.
 */
export async function logOut(context: MobileContext, logout: LogoutOptions = {}): Promise<void> {
  const { options, relyingParty, shell, turns } = context
  const { postLogoutRedirectUri, ephemeral = false } = options
  await context.prepare()
  const back = postLogoutRedirectUri === undefined ? {} : { postLogoutRedirectUri }
  const request = await relyingParty.endSession({ ...back, ...logout })
  // A visit without cookies has left no login behind.
  if (!request || ephemeral) return
  if (shell.submitForm) return shell.submitForm(request.endpoint, request.parameters)
  await turns.run((signal) => leaveAgent(context, request, signal))
}

async function leaveAgent(
  context: MobileContext,
  request: EndSessionRequest,
  signal: AbortSignal,
): Promise<void> {
  const { options, shell, arrivals } = context
  const { endpoint, parameters } = request
  const redirectUri = parameters['post_logout_redirect_uri']
  const { href: url } = logoutAddress(endpoint, parameters, options.unsafeIdTokenInLogoutUrl)
  const returned = redirectUri === undefined ? [] : [arrivals.returned(redirectUri, request.state)]
  try {
    await Promise.race([
      openAgent(shell, { url, redirectUri, ephemeral: false }),
      whenAborted(signal),
      ...returned,
    ])
  } finally {
    await shell.dismissAgent().catch(() => undefined)
  }
}

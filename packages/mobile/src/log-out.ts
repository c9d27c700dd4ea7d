import type { EndSessionRequest, LogoutOptions } from '@oauth-concierge/core'
import { whenAborted } from './agent-turns.ts'
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
  const redirectUri = request.parameters['post_logout_redirect_uri']
  const url = addressOf(request, options.unsafeIdTokenInLogoutUrl ?? false)
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

/** An external user agent opens addresses only, so without a word of the developer's the ID token stays at home. */
function addressOf({ endpoint, parameters }: EndSessionRequest, withIdToken: boolean): string {
  const url = new URL(endpoint)
  for (const [name, value] of Object.entries(parameters))
    if (withIdToken || name !== 'id_token_hint') url.searchParams.set(name, value)
  return url.href
}

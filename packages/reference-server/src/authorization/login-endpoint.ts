import type { Call, Endpoint } from '../context.ts'
import { type Guard, webGuard } from '../guards.ts'
import { withCookie } from '../http/browser-cookie.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { loginPage } from '../pages/login-page.ts'
import type { Interaction } from '../state/records.ts'
import { checkPassword, loginNameOf } from '../users/check-password.ts'
import { logIn } from '../users/log-in.ts'
import { continueInteraction } from './continue-authorization.ts'
import { readInteraction } from './interactions.ts'

/** What the login page is filled in with. */
function knownName({ request, browser }: Interaction): string | undefined {
  if (request.loginHint !== undefined) return request.loginHint
  return browser.login && loginNameOf(request.client.userProvider, browser.login.user)
}

async function login(call: Call, guard: Guard): Promise<Response> {
  const interaction = readInteraction(call)
  const { request, browser } = interaction
  const { client, acrValues } = request
  call.entry.clientId = client.clientId
  if (client.userProvider.guard !== guard) {
    throw new OAuthError('invalid_request', 'this application has another login page')
  }
  if (call.request.method !== 'POST') {
    return loginPage({ interaction, client, username: knownName(interaction), hasFailed: false })
  }
  const username = call.received.values.get('username') ?? ''
  const password = call.received.values.get('password') ?? ''
  const user = await checkPassword(client.userProvider, username, password)
  if (!user) return loginPage({ interaction, client, username, hasFailed: true })
  logIn(call.context, browser, { user, acr: acrValues[0] })
  interaction.freshLogin = true
  return withCookie(call.context, browser, await continueInteraction(call, interaction))
}

/** The login page of a guard and its form. */
export function createLoginEndpoint(guard: Guard, path: string): Endpoint {
  return {
    name: guard.loginEndpoint,
    path,
    methods: ['GET', 'POST'],
    origins: 'none',
    speaks: 'html',
    handle: (call) => login(call, guard),
  }
}

/** The only login page of most servers. */
export const loginEndpoint: Endpoint = createLoginEndpoint(webGuard, '/login')

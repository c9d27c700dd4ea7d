import type { Call, Endpoint } from '../context.ts'
import { withCookie } from '../http/browser-cookie.ts'
import { loginPage } from '../pages/login-page.ts'
import { checkPassword } from '../users/check-password.ts'
import { logIn } from '../users/log-in.ts'
import { continueInteraction } from './continue-authorization.ts'
import { readInteraction } from './interactions.ts'

async function login(call: Call): Promise<Response> {
  const interaction = readInteraction(call)
  const { request, browser } = interaction
  const { client, acrValues, loginHint } = request
  const { clientName } = client
  call.entry.clientId = client.clientId
  if (call.request.method !== 'POST') {
    const username = loginHint ?? browser.login?.user.username
    return loginPage({ interaction, clientName, username, hasFailed: false })
  }
  const username = call.received.values.get('username') ?? ''
  const password = call.received.values.get('password') ?? ''
  const user = await checkPassword(call.context.settings, username, password)
  if (!user) return loginPage({ interaction, clientName, username, hasFailed: true })
  logIn(call.context, browser, { user, acr: acrValues[0] })
  interaction.freshLogin = true
  return withCookie(call.context, browser, await continueInteraction(call, interaction))
}

/** The login page and its form. */
export const loginEndpoint: Endpoint = {
  name: 'login',
  path: '/login',
  methods: ['GET', 'POST'],
  origins: 'none',
  speaks: 'html',
  handle: login,
}

import type { Call, Endpoint } from '../context.ts'
import { renewCookie, withCookie } from '../http/browser-cookie.ts'
import { loginPage } from '../pages/login-page.ts'
import type { User } from '../settings.ts'
import type { Interaction } from '../state/records.ts'
import { randomSecret } from '../state/secrets.ts'
import { checkPassword } from '../users/check-password.ts'
import { continueInteraction } from './continue-authorization.ts'
import { readInteraction } from './interactions.ts'

function logIn({ context }: Call, interaction: Interaction, user: User): void {
  const [acr] = interaction.request.acrValues
  interaction.browser.login = { sid: randomSecret(), user, authTime: context.clock.now(), acr }
  interaction.freshLogin = true
  renewCookie(context, interaction.browser)
  context.ledger.addEvent({ type: 'login', username: user.username })
}

async function login(call: Call): Promise<Response> {
  const interaction = readInteraction(call)
  const { request, browser } = interaction
  call.entry.clientId = request.client.clientId
  if (call.request.method !== 'POST') {
    const username = request.loginHint ?? browser.login?.user.username
    return loginPage({ interaction, username, hasFailed: false })
  }
  const username = call.received.values.get('username') ?? ''
  const password = call.received.values.get('password') ?? ''
  const user = await checkPassword(call.context.settings, username, password)
  if (!user) return loginPage({ interaction, username, hasFailed: true })
  logIn(call, interaction, user)
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

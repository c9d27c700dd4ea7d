import type { Call, Endpoint } from '../context.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { redirectAnswer } from '../http/answers.ts'
import { createBrowser, readBrowser, withCookie } from '../http/browser-cookie.ts'
import { readPageInteraction } from '../http/page-interaction.ts'
import { deviceCodePage, deviceConfirmationPage, deviceDonePage } from '../pages/device-pages.ts'
import { loginPage } from '../pages/login-page.ts'
import { decide } from '../polling/pending-grant.ts'
import type { DeviceAuthorization, DeviceInteraction } from '../state/pending-records.ts'
import type { Login } from '../state/records.ts'
import { checkPassword } from '../users/check-password.ts'
import { logIn } from '../users/log-in.ts'
import { findDevice } from './user-code.ts'

const interactionSeconds = 3600

const pages = { methods: ['GET', 'POST'], origins: 'none', speaks: 'html' } as const

function pageUrl(call: Call, name: 'device_login' | 'device_confirm', { id }: DeviceInteraction): string {
  return `${endpointUrl(call.context, name)}?interaction=${id}`
}

/** Shows the form for the code; a link that holds the code fills it in, for the user to compare. */
async function showForm(call: Call): Promise<Response> {
  const { context, request, received } = call
  const browser = readBrowser(context, request) ?? createBrowser(context)
  const [id, formToken] = [context.newSecret(), context.newSecret()]
  const interaction: DeviceInteraction = { id, browser, formToken, device: undefined }
  context.stores.deviceInteractions.set(id, interaction, context.clock.now() + interactionSeconds)
  const userCode = received.values.get('user_code') ?? ''
  return withCookie(context, browser, await deviceCodePage({ interaction, userCode, hasFailed: false }))
}

async function enterCode(call: Call): Promise<Response> {
  if (call.request.method === 'GET') return showForm(call)
  const interaction = readPageInteraction(call, call.context.stores.deviceInteractions)
  const userCode = call.received.values.get('user_code') ?? ''
  const device = findDevice(call.context, userCode)
  if (!device) return deviceCodePage({ interaction, userCode, hasFailed: true })
  interaction.device = device
  return redirectAnswer(pageUrl(call, 'device_confirm', interaction))
}

/** One step of a user whose device is known and still waiting. */
interface Step {
  readonly interaction: DeviceInteraction
  readonly device: DeviceAuthorization
}

/** Undefined where the device has given up, or the code has not been entered: then it starts again. */
function readStep(call: Call): Step | undefined {
  const interaction = readPageInteraction(call, call.context.stores.deviceInteractions)
  const device = findDevice(call.context, interaction.device?.userCode ?? '')
  call.entry.clientId = device?.client.clientId
  return device && { interaction, device }
}

const startAgain = ({ context }: Call): Response => redirectAnswer(endpointUrl(context, 'device'))

async function login(call: Call): Promise<Response> {
  const step = readStep(call)
  if (!step) return startAgain(call)
  const { interaction, device } = step
  const { client } = device
  if (call.request.method === 'GET') {
    return loginPage({ interaction, client, username: undefined, hasFailed: false })
  }
  const username = call.received.values.get('username') ?? ''
  const password = call.received.values.get('password') ?? ''
  const user = await checkPassword(client.userProvider, username, password)
  if (!user) return loginPage({ interaction, client, username, hasFailed: true })
  logIn(call.context, interaction.browser, { user, acr: undefined })
  return withCookie(
    call.context,
    interaction.browser,
    redirectAnswer(pageUrl(call, 'device_confirm', interaction)),
  )
}

function takeAnswer(call: Call, { interaction, device }: Step, login: Login): Promise<Response> {
  const allowed = call.received.values.get('decision') === 'allow'
  decide(call.context, device, { allowed, user: login.user, login })
  call.context.stores.deviceInteractions.delete(interaction.id)
  return deviceDonePage(device.client, allowed)
}

async function confirm(call: Call): Promise<Response> {
  const step = readStep(call)
  if (!step) return startAgain(call)
  const { login } = step.interaction.browser
  if (!login) return redirectAnswer(pageUrl(call, 'device_login', step.interaction))
  if (call.request.method === 'POST') return takeAnswer(call, step, login)
  return deviceConfirmationPage({ ...step, login, words: call.context.settings.scopes })
}

/** Where the user enters the code that the device shows. @see RFC 8628 section 3.3 */
export const deviceEndpoint: Endpoint = { ...pages, name: 'device', path: '/device', handle: enterCode }

/** Where the user logs in on the way to a device. */
export const deviceLoginEndpoint: Endpoint = {
  ...pages,
  name: 'device_login',
  path: '/device/login',
  handle: login,
}

/** Where the user allows or denies what the device asks for. @see RFC 8628 sections 3.3.1 and 5.4 */
export const deviceConfirmEndpoint: Endpoint = {
  ...pages,
  name: 'device_confirm',
  path: '/device/confirm',
  handle: confirm,
}

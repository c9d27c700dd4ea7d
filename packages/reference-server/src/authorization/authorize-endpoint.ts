import type { Call, Endpoint, ServerContext } from '../context.ts'
import { createBrowser, readBrowser, withCookie } from '../http/browser-cookie.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { ReceivedParameters } from '../http/parameters.ts'
import type { Client } from '../settings.ts'
import type { AuthorizationRequest, ReturnAddress } from '../state/records.ts'
import { checkAuthorizationRequest } from './authorization-request.ts'
import { respondWithError } from './authorization-response.ts'
import { answerRequest, continueInteraction } from './continue-authorization.ts'
import { startInteraction } from './interactions.ts'
import { decideNextStep } from './next-step.ts'
import { namesPushedRequest, takePushedRequest } from './pushed-request.ts'
import { checkIsSigned, readRequestObject } from './request-object.ts'
import { readReturnAddress } from './return-address.ts'

const nothingYet = { freshLogin: false, freshConsent: false }

/** `prompt=none`: answered at once, with no page. */
function answerSilently(call: Call, request: AuthorizationRequest): Promise<Response> {
  const browser = readBrowser(call.context, call.request, request.client.userProvider.guard)
  const next = browser
    ? decideNextStep(call.context, request, browser, nothingYet)
    : { step: 'login' as const }
  if (next.step === 'done') return answerRequest(call, request, next.login)
  throw new OAuthError(`${next.step}_required`, `the user would have to see the ${next.step} page`)
}

async function takeRequest(call: Call, request: AuthorizationRequest): Promise<Response> {
  const { context } = call
  if (request.prompts.includes('none')) return answerSilently(call, request)
  const { guard } = request.client.userProvider
  const browser = readBrowser(context, call.request, guard) ?? createBrowser(context, guard)
  const answer = await continueInteraction(call, startInteraction(context, request, browser))
  return withCookie(context, browser, answer)
}

/** Does what may be refused, and sends the refusal to where the client listens. */
async function refuseAt(
  call: Call,
  returnAddress: ReturnAddress,
  act: () => Promise<Response>,
): Promise<Response> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof OAuthError) return respondWithError(call, returnAddress, error)
    throw error
  }
}

/** @see RFC 9126 sections 5 and 6 */
function checkNeedNotBePushed({ settings }: ServerContext, client: Client): void {
  if (!settings.requirePushedAuthorizationRequests && !client.requirePushedAuthorizationRequests) return
  throw new OAuthError('invalid_request', 'the request has to be pushed')
}

/** The parameters that count; a faulty request object is reported where the outer parameters say, if they are good. */
async function unpack(call: Call): Promise<ReceivedParameters | Response> {
  try {
    return await readRequestObject(call.context, call.received)
  } catch (error) {
    const faulty = error instanceof OAuthError && error.code === 'invalid_request_object'
    if (!faulty || !call.received.values.has('redirect_uri')) throw error
    return respondWithError(call, readReturnAddress(call.context, call.received), error)
  }
}

async function authorize(call: Call): Promise<Response> {
  const { context, received } = call
  if (namesPushedRequest(received.values)) {
    const pushed = takePushedRequest(context, received.values)
    return refuseAt(call, pushed, () => takeRequest(call, pushed))
  }
  const unpacked = await unpack(call)
  if (unpacked instanceof Response) return unpacked
  const returnAddress = readReturnAddress(context, unpacked)
  return refuseAt(call, returnAddress, async () => {
    checkNeedNotBePushed(context, returnAddress.client)
    checkIsSigned(returnAddress.client, received.values)
    return takeRequest(call, await checkAuthorizationRequest(context, unpacked, returnAddress))
  })
}

/** The authorization endpoint. @see RFC 6749 section 3.1, OpenID Connect Core 1.0 section 3.1.2 */
export const authorizeEndpoint: Endpoint = {
  name: 'authorize',
  path: '/authorize',
  methods: ['GET', 'POST'],
  metadata: 'authorization_endpoint',
  origins: 'none',
  speaks: 'html',
  handle: authorize,
}

import {
  createMemoryKeyStore,
  dpop,
  jwtResponse,
  pushedAuthorization,
  readFormPost,
  type RelyingPartyOptions,
  requestResourceMetadata,
  type ServerMetadata,
  signedRequest,
  stepUp,
} from '@oauth-concierge/core'
import { expect } from 'vitest'
import { createGuest, logIn } from './guest.ts'
import type { Visit } from './visit.ts'

/** Whether the dialect is OpenID Connect: there, a session is of somebody. */
const isOpenId = ({ scope }: Visit): boolean => scope.startsWith('openid')

/** Logs in with these options of the relying party, and sees the session of the right user. */
async function logInWith(visit: Visit, options: Partial<RelyingPartyOptions> = {}): Promise<void> {
  const guest = createGuest(visit, options)
  await logIn(visit, guest)
  expect(guest.session.status).toBe('authenticated')
  expect(guest.session).toMatchObject(
    isOpenId(visit) ? { claims: { iss: visit.issuer } } : { claims: undefined },
  )
  await expect(guest.getAccessToken()).resolves.toEqual(expect.any(String))
}

export async function logInByCode(visit: Visit): Promise<void> {
  await logInWith(visit)
  const [exchange] = visit.network.requestsTo('/token')
  expect(exchange?.get('code_verifier')).toMatch(/^[\w-]{43}$/)
}

export async function logInByPostedForm(visit: Visit): Promise<void> {
  const guest = createGuest(visit)
  const { redirectUri } = visit
  const extraParameters = { response_mode: 'form_post' }
  const { url } = await guest.startLogin({ redirectUri, extraParameters })
  const arrival = await visit.visitPages(url, redirectUri)
  expect(arrival.url.search).toBe('')
  const body = arrival.form ?? new URLSearchParams()
  await guest.finishLogin(await readFormPost(new Request(arrival.url, { method: 'POST', body })))
  expect(guest.session.status).toBe('authenticated')
}

export const logInBySignedAnswer = (visit: Visit): Promise<void> =>
  logInWith(visit, { authorization: [jwtResponse()] })

/** Pushed where the server offers it; the plain way elsewhere. */
export async function logInByPushedRequest(visit: Visit): Promise<void> {
  await logInWith(visit, { authorization: [pushedAuthorization()] })
  const isOffered = ['standard', 'oidc-provider'].includes(visit.server)
  const pushed = [...visit.network.requestsTo('/par'), ...visit.network.requestsTo('/request')]
  expect(pushed).toHaveLength(isOffered ? 1 : 0)
}

export const logInByPushedRequestOnly = (visit: Visit): Promise<void> =>
  logInWith(visit, { authorization: [pushedAuthorization({ mode: 'required' })] })

export const logInBySignedRequest = (visit: Visit): Promise<void> =>
  logInWith(visit, { authorization: [signedRequest(visit.signer)] })

export async function logInByRichRequest(visit: Visit): Promise<void> {
  const guest = createGuest(visit)
  const authorizationDetails = [{ type: 'payment_initiation', amount: '12.50' }]
  // One of the servers grants details for an API it knows alone.
  await logIn(visit, guest, { authorizationDetails, resource: 'https://bank.example/' })
  expect(guest.session).toMatchObject({ authorizationDetails })
}

/** From the login to UserInfo and past a refresh, all with one key. */
export async function useBoundTokens(visit: Visit): Promise<void> {
  const guest = createGuest(visit, { senderConstraint: dpop({ keys: createMemoryKeyStore() }) })
  await logIn(visit, guest)
  await expect(guest.userInfo()).resolves.toMatchObject({ sub: expect.any(String) })
  const token = await guest.getAccessToken()
  await visit.clock.advance(3_600)
  await expect(guest.getAccessToken()).resolves.not.toBe(token)
  await expect(guest.userInfo()).resolves.toMatchObject({ sub: expect.any(String) })
}

/** The endpoints as an operator would write them down. */
export async function logInByHandwrittenMetadata(visit: Visit): Promise<void> {
  const isFound = !visit.options.metadata
  const metadata = visit.options.metadata ?? (await readMetadata(visit))
  const before = visit.network.requestsTo('/openid-configuration').length
  await logInWith(visit, { metadata })
  expect(visit.network.requestsTo('/openid-configuration')).toHaveLength(before)
  expect(before).toBe(isFound ? 1 : 0)
}

async function readMetadata({ issuer, options }: Visit): Promise<ServerMetadata> {
  const http = options.runtime?.http ?? fetch
  const answer = await http(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    method: 'GET',
  })
  const { authorization_endpoint, token_endpoint, jwks_uri } = (await answer.json()) as ServerMetadata
  return { issuer, authorization_endpoint, token_endpoint, jwks_uri } as ServerMetadata
}

export async function askAnApiOfItself(visit: Visit): Promise<void> {
  const resource = `${visit.issuer}/resource`
  const { runtime } = visit.options
  await expect(requestResourceMetadata(resource, runtime ? { runtime } : {})).resolves.toMatchObject({
    resource,
    authorization_servers: [visit.issuer],
  })
}

export async function stepUpForAnApi(visit: Visit): Promise<void> {
  const guest = createGuest(visit, {
    stepUp: stepUp(({ acrValues }) => logIn(visit, guest, acrValues ? { acrValues } : {})),
  })
  await logIn(visit, guest)
  const answer = await guest.fetch(`${visit.issuer}/resource?acr_values=mfa`)
  expect(answer.status).toBe(200)
  expect(guest.session).toMatchObject({ claims: { acr: 'mfa' } })
}

import {
  createMemoryStore,
  registerClient,
  type RelyingParty,
  requestIntrospection,
} from '@oauth-concierge/core'
import { expect } from 'vitest'
import { beginSession, copyVault, createGuest, logIn, tokenClientOf } from './guest.ts'
import type { Visit } from './visit.ts'

export async function askForUserInfo(visit: Visit): Promise<void> {
  const guest = createGuest(visit)
  await beginSession(visit, guest)
  expect(await guest.userInfo()).toMatchObject({ name: 'Ada Example', email: 'ada@example.com' })
}

export async function introspect(visit: Visit): Promise<void> {
  const isPossible = ['standard', 'passport', 'oidc-provider'].includes(visit.server)
  const guest = createGuest(visit)
  if (isPossible) await logIn(visit, guest)
  const accessToken = isPossible ? await guest.getAccessToken() : 'any'
  const tokenClient = tokenClientOf(visit)
  expect(await requestIntrospection(tokenClient, accessToken, 'access_token')).toMatchObject({
    active: true,
    client_id: visit.options.clientId,
  })
  await expect(requestIntrospection(tokenClient, 'unknown')).resolves.toEqual({ active: false })
}

/** What was copied before a logout serves nobody after it. */
export async function revokeAtLogout(visit: Visit): Promise<void> {
  const vault = createMemoryStore()
  const guest = createGuest(visit, { vault })
  await logIn(visit, guest)
  const thief = createGuest(visit, { vault: await copyVault(visit, vault) })
  await thief.restore()
  await guest.endSession()
  expect(guest.session.status).toBe('anonymous')
  await visit.clock.advance(86_400)
  await expect(thief.getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
}

export async function logOutAndComeBack(visit: Visit): Promise<void> {
  const guest = createGuest(visit)
  await logIn(visit, guest)
  const { postLogoutRedirectUri } = visit
  const request = await guest.endSession({ postLogoutRedirectUri })
  expect(request?.parameters).toMatchObject({
    client_id: visit.options.clientId,
    post_logout_redirect_uri: postLogoutRedirectUri,
    state: request?.state,
  })
  const { endpoint = '', parameters = {} } = request ?? {}
  const arrival = await visit.visitPages(
    `${endpoint}?${new URLSearchParams(parameters)}`,
    postLogoutRedirectUri,
  )
  expect(arrival.url.searchParams.get('state')).toBe(request?.state)
}

export async function registerAndLogIn(visit: Visit): Promise<void> {
  const { redirectUri, issuer, options } = visit
  const registered = await registerClient(
    { issuer, ...(options.runtime && { runtime: options.runtime }) },
    {
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
      authorization_signed_response_alg: 'ES256',
      scope: visit.scope,
    },
  )
  expect(registered).toMatchObject({ clientId: expect.any(String), clientSecret: undefined })
  const guest: RelyingParty = createGuest(visit, { clientId: registered.clientId })
  await logIn(visit, guest)
  expect(guest.session).toMatchObject({ status: 'authenticated', claims: { aud: registered.clientId } })
}

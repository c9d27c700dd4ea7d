import { requestClientCredentials } from '@oauth-concierge/core'
import {
  createGatFetch,
  readImplicitResponse,
  requestGat,
  unsafeAllowGat,
  unsafeAllowImplicitResponse,
} from '@oauth-concierge/core/legacy'
import { expect } from 'vitest'
import { askByPassword, createGuest, tokenClientOf } from './guest.ts'
import type { Visit } from './visit.ts'

export async function logInByPassword(visit: Visit): Promise<void> {
  const response = await askByPassword(visit)
  expect(response).toMatchObject({ tokenType: 'bearer', refreshToken: expect.any(String) })
  const guest = createGuest(visit)
  await guest.beginSession(response)
  await visit.clock.advance(3_600)
  await expect(guest.getAccessToken()).resolves.not.toBe(response.accessToken)
}

export async function readTokenInAddress(visit: Visit): Promise<void> {
  const { redirectUri, issuer, options } = visit
  const path = { 'oidc-provider': '/auth', standard: '/authorize', auth0: 'authorize' }
  const state = crypto.randomUUID()
  const query = new URLSearchParams({
    response_type: 'token',
    client_id: options.clientId,
    redirect_uri: redirectUri,
    scope: 'orders.read',
    state,
  })
  const address = issuer + (path[visit.server as keyof typeof path] ?? '/oauth/authorize')
  const arrival = await visit.visitPages(`${address}?${query}`, redirectUri)
  const response = readImplicitResponse(arrival.url.href, {
    allowImplicitResponse: unsafeAllowImplicitResponse,
    state,
    issuer,
  })
  expect(response).toMatchObject({
    accessToken: expect.any(String),
    tokenType: 'bearer',
    refreshToken: undefined,
  })
}

export async function useAccessManagementToken(visit: Visit): Promise<void> {
  const tokenClient = tokenClientOf(visit)
  const { accessToken } =
    visit.server === 'gluu'
      ? await requestClientCredentials(tokenClient, { scope: 'uma_authorization' })
      : { accessToken: 'any' }
  const gat = await requestGat(tokenClient, { allowGat: unsafeAllowGat, accessToken, scopes: ['view'] })
  const gatFetch = createGatFetch(tokenClient, { allowGat: unsafeAllowGat, gat, apis: [visit.issuer] })
  const answer = await gatFetch(`${visit.issuer}/gat/resource`)
  expect(answer.status).toBe(200)
}

import {
  exchangeToken,
  pollBackchannelToken,
  pollDeviceToken,
  requestBackchannelAuthentication,
  requestClientCredentials,
  requestDeviceAuthorization,
  requestJwtBearer,
  tokenTypes,
} from '@oauth-concierge/core'
import { expect } from 'vitest'
import { createGuest, tokenClientOf } from './guest.ts'
import type { Visit } from './visit.ts'

/** What each server calls a scope that a client may have in its own name, and what else it wants to know. */
function ownNameOf({ server }: Visit): {
  readonly scope: string
  readonly extraParameters?: Record<string, string>
} {
  if (server === 'gluu') return { scope: 'storage' }
  if (server === 'auth0')
    return { scope: 'orders.read', extraParameters: { audience: 'https://api.example/' } }
  return { scope: 'orders.read' }
}

export async function getTokenInOwnName(visit: Visit): Promise<void> {
  expect(await requestClientCredentials(tokenClientOf(visit), ownNameOf(visit))).toMatchObject({
    accessToken: expect.any(String),
    tokenType: 'bearer',
    refreshToken: undefined,
    idToken: undefined,
  })
}

export async function getTokenByAssertion(visit: Visit): Promise<void> {
  const assertion = await visit.signAssertion()
  expect(await requestJwtBearer(tokenClientOf(visit), { assertion, scope: 'orders.read' })).toMatchObject({
    accessToken: expect.any(String),
    tokenType: 'bearer',
    refreshToken: undefined,
  })
}

export async function exchangeOneForAnother(visit: Visit): Promise<void> {
  const tokenClient = tokenClientOf(visit)
  const isPossible = ['standard', 'oidc-provider'].includes(visit.server)
  const { accessToken } = isPossible
    ? await requestClientCredentials(tokenClient, { scope: 'orders.read orders.write' })
    : { accessToken: 'any' }
  const exchange = { subjectToken: accessToken, audience: 'https://orders.example/', scope: 'orders.read' }
  const exchanged = await exchangeToken(tokenClient, exchange)
  expect(exchanged).toMatchObject({ issuedTokenType: tokenTypes.accessToken, scope: 'orders.read' })
  expect(exchanged.accessToken).not.toBe(accessToken)
}

export async function logInOnAnotherDevice(visit: Visit): Promise<void> {
  const tokenClient = tokenClientOf(visit)
  const authorization = await requestDeviceAuthorization(tokenClient, { scope: visit.scope })
  await visit.approveDevice(authorization)
  const response = await pollDeviceToken(tokenClient, authorization)
  expect(response.claims).toMatchObject({ iss: visit.issuer, sub: expect.any(String) })
  const guest = createGuest(visit)
  await guest.beginSession(response)
  await visit.clock.advance(3_600)
  await expect(guest.getAccessToken()).resolves.not.toBe(response.accessToken)
}

export async function logInOnTheUsersDevice(visit: Visit): Promise<void> {
  const tokenClient = tokenClientOf(visit)
  const { username: loginHint } = visit.person
  const authentication = await requestBackchannelAuthentication(tokenClient, {
    loginHint,
    scope: visit.scope,
  })
  await visit.approveBackchannel(authentication)
  const response = await pollBackchannelToken(tokenClient, authentication)
  expect(response.claims).toMatchObject({ iss: visit.issuer, sub: expect.any(String) })
}

import { createTokenClient, tokenTypes } from '@oauth-concierge/core'
import { json } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { clientCredentials } from './client-credentials.ts'
import { createTestServer, issuer, type TestServer } from './test-kit.test-support.ts'
import { tokenExchange, type TokenExchangeOptions } from './token-exchange.ts'

let server: TestServer

beforeEach(() => {
  server = createTestServer()
  let issued = 0
  server.always(() => {
    issued += 1
    return json({
      access_token: `t-${issued}`,
      token_type: 'Bearer',
      issued_token_type: tokenTypes.accessToken,
      expires_in: 3_600,
    })
  })
})

const exchange = (options: Partial<TokenExchangeOptions> = {}) =>
  tokenExchange({ issuer, clientId: 'gateway', clientSecret: 'secret', runtime: server.runtime, ...options })

const lastForm = () => Object.fromEntries(server.forms().at(-1) ?? [])

describe('a token exchange', () => {
  it('impersonates the subject', async () => {
    await exchange({ subjectToken: 'of-ada', audience: 'orders', scope: 'orders.read' }).getAccessToken()
    expect(lastForm()).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'of-ada',
      subject_token_type: tokenTypes.accessToken,
      audience: 'orders',
      scope: 'orders.read',
    })
    expect(lastForm()).not.toHaveProperty('actor_token')
  })

  it('delegates to an actor, each with a token as fresh as its source gives', async () => {
    const actor = clientCredentials({ issuer, clientId: 'actor', clientSecret: 's', runtime: server.runtime })
    const types = {
      subjectTokenType: tokenTypes.jwt,
      actorTokenType: tokenTypes.accessToken,
      requestedTokenType: tokenTypes.accessToken,
    }
    const delegated = exchange({ subjectToken: async () => 'of-ada', actorToken: actor, ...types })
    await expect(delegated.getAccessToken()).resolves.toBe('t-2')
    expect(lastForm()).toMatchObject({
      subject_token: 'of-ada',
      subject_token_type: tokenTypes.jwt,
      actor_token: 't-1',
      actor_token_type: tokenTypes.accessToken,
      requested_token_type: tokenTypes.accessToken,
    })
  })

  it('serves many users by one client, and keeps their tokens apart', async () => {
    const gateway = exchange({ audience: 'orders' })
    const ask = (subjectToken: string) => gateway.for({ subjectToken }).getAccessToken()
    const [ada, grace, again] = await Promise.all(['ada', 'grace', 'ada'].map(ask))
    expect([ada, grace].toSorted()).toEqual(['t-1', 't-2'])
    expect(again).toBe(ada)
    await expect(ask('grace')).resolves.toBe(grace)
    await expect(
      exchange({ audience: 'orders', clientSecret: 'other' }).for({ subjectToken: 'ada' }).getAccessToken(),
    ).resolves.toBe('t-3')
    await expect(
      exchange({ audience: 'orders', subjectTokenType: tokenTypes.jwt })
        .for({ subjectToken: 'ada' })
        .getAccessToken(),
    ).resolves.toBe('t-4')
  })

  it('without a subject is a mistake', async () => {
    await expect(exchange().getAccessToken()).rejects.toMatchObject({ code: 'invalid_configuration' })
  })

  it('for a token that no API takes is refused', async () => {
    server.always(() => json({ access_token: 'a', token_type: 'N_A', issued_token_type: tokenTypes.saml2 }))
    await expect(exchange({ subjectToken: 'x' }).getAccessToken()).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
  })

  it('is made by public clients, and by those with another proof, too', async () => {
    const options = { issuer, clientId: 'app', subjectToken: 'x', runtime: server.runtime }
    await tokenExchange(options).getAccessToken()
    expect(lastForm()).toMatchObject({ client_id: 'app' })
    const clientAuthentication = createTokenClient({ issuer, clientId: 'x' }).client.authentication
    await expect(tokenExchange({ ...options, clientAuthentication }).getAccessToken()).resolves.toBe('t-2')
  })
})

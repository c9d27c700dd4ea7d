import { describe, expect, test } from 'vitest'
import { createDpopKey } from '../dpop/dpop.test-support.ts'
import { codeForm, createServer, getTokens, issuer, post, refresh } from '../test-support.ts'

describe('the assertions of a server where all went well', () => {
  test('all hold', async () => {
    const server = createServer()
    const tokens = await getTokens(server)
    await refresh(server, tokens['refresh_token'])
    server.assert.noRefreshTokenReused()
    server.assert.noFamilyRevoked()
    server.assert.noCodeReplayed()
    server.assert.noSecretsInUrls()
    server.assert.noErrors()
    server.assert.tokenRequests({ count: 2 })
    server.assert.tokenRequests({ count: 1, grantType: 'refresh_token', clientId: 'spa' })
    server.assert.requests({ count: 0, endpoint: 'userinfo' })
  })
})

test('a demanded DPoP nonce is no error', async () => {
  const server = createServer()
  const proof = await (await createDpopKey()).prove('POST', '/token')
  const { status } = await post(server, '/token', await codeForm(server), { DPoP: proof })
  expect([status, server.ledger.count({ error: 'use_dpop_nonce' })]).toEqual([400, 1])
  server.assert.noErrors()
})

describe('an assertion that fails lists what the ledger saw', () => {
  test('of a refresh token used twice', async () => {
    const server = createServer()
    const { refresh_token: token } = await getTokens(server)
    await refresh(server, token)
    await refresh(server, token)
    expect(server.assert.noRefreshTokenReused).toThrow(/a spent refresh token came again once\nRequests:/)
    expect(server.assert.noRefreshTokenReused).toThrow(
      'POST /token refresh_token with rt-1 by spa → 400 invalid_grant',
    )
    expect(server.assert.noRefreshTokenReused).toThrow('refresh_token_reused rt-1 family-1')
    expect(server.assert.noFamilyRevoked).toThrow('a family of tokens was revoked once')
    expect(server.assert.noErrors).toThrow('requests were refused')
  })

  test('of a code that came twice', async () => {
    const server = createServer()
    const form = await codeForm(server)
    await post(server, '/token', form)
    await post(server, '/token', form)
    expect(server.assert.noCodeReplayed).toThrow('a spent authorization code came again once')
  })

  test('of a secret in a URL, without showing it', async () => {
    const server = createServer()
    await server.fetch(new Request(`${issuer}/userinfo?access_token=very-secret`))
    await server.fetch(new Request(`${issuer}/end-session?id_token_hint=a.b.c`))
    expect(server.assert.noSecretsInUrls).toThrow('GET /userinfo')
    expect(server.assert.noSecretsInUrls).not.toThrow('end-session')
    expect(server.assert.noSecretsInUrls).not.toThrow('very-secret')
  })

  test('of a wrong number of requests', async () => {
    const server = createServer()
    await getTokens(server)
    expect(() => server.assert.tokenRequests({ count: 2 })).toThrow(
      'expected 2 requests with {"endpoint":"token"}, saw 1',
    )
    server.ledger.clear()
    expect(() => server.assert.tokenRequests({ count: 1 })).toThrow('Requests: none')
  })
})

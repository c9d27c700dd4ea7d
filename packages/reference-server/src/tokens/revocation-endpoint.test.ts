import { describe, expect, test } from 'vitest'
import { confidentialClient, createServer, getTokens, post, refresh } from '../test-support.ts'

const asSpa = { client_id: 'spa' }

async function prepare() {
  const server = createServer()
  const { access_token: accessToken, refresh_token: refreshToken } = await getTokens(server)
  const isAccepted = async () => {
    const headers = { Authorization: `Bearer ${accessToken}` }
    return (await post(server, '/userinfo', {}, headers)).status === 200
  }
  return { server, accessToken, refreshToken, isAccepted }
}

describe('revocation', () => {
  test('of an access token leaves the refresh token alone', async () => {
    const { server, accessToken, refreshToken, isAccepted } = await prepare()
    expect(await isAccepted()).toBe(true)
    const { status, headers } = await post(server, '/revoke', { ...asSpa, token: accessToken })
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(await isAccepted()).toBe(false)
    expect((await refresh(server, refreshToken)).status).toBe(200)
  })

  test('of a refresh token takes the whole family, whatever the hint says', async () => {
    const { server, refreshToken, isAccepted } = await prepare()
    const hint = { token_type_hint: 'access_token' }
    expect((await post(server, '/revoke', { ...asSpa, ...hint, token: refreshToken })).status).toBe(200)
    expect(await isAccepted()).toBe(false)
    expect((await refresh(server, refreshToken)).body['error']).toBe('invalid_grant')
    expect(server.ledger.count({ endpoint: 'revoke', refreshTokenId: 'rt-1' })).toBe(1)
  })

  test('of an unknown token is no error', async () => {
    expect((await post(createServer(), '/revoke', { ...asSpa, token: 'unknown' })).status).toBe(200)
  })

  test('needs a token and a client', async () => {
    const server = createServer()
    expect((await post(server, '/revoke', asSpa)).body['error']).toBe('invalid_request')
    expect((await post(server, '/revoke', { token: 'x' })).body['error']).toBe('invalid_client')
  })

  test('is refused to another client', async () => {
    const { server, accessToken, refreshToken, isAccepted } = await prepare()
    const { clientId, clientSecret } = confidentialClient
    for (const token of [accessToken, refreshToken]) {
      const answer = await post(server, '/revoke', {
        client_id: clientId,
        client_secret: clientSecret,
        token,
      })
      expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_grant'])
    }
    expect(await isAccepted()).toBe(true)
  })
})

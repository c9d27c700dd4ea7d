import { beforeEach, describe, expect, it } from 'vitest'
import { json } from '../testing/scripted-http.ts'
import { createScriptedServer, issuer, type ScriptedServer } from '../testing/scripted-server.test-support.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

const fetches = (): number => server.requests.filter(({ url }) => url === `${issuer}/jwks`).length

describe('the key set', () => {
  it('is fetched once for several logins', async () => {
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    await server.logIn(relyingParty)
    expect(fetches()).toBe(1)
  })

  it('is fetched again after ten minutes', async () => {
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    await server.clock.advance(601)
    await server.logIn(relyingParty)
    expect(fetches()).toBe(2)
  })

  it('follows a rotation one second after the first fetch', async () => {
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    await server.clock.advance(1)
    await server.useKey('key-2')
    await server.logIn(relyingParty)
    expect(fetches()).toBe(2)
  })

  it('costs three fetches for a thousand unknown keys in a minute and two for the credit of that minute', async () => {
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    for (let attempt = 0; attempt < 1_000; attempt += 1) {
      server.bend.header = { kid: `random-${attempt}` }
      if (attempt % 100 === 0) await server.clock.advance(6)
      await expect(server.logIn(relyingParty)).rejects.toMatchObject({ code: 'key_not_found' })
    }
    expect(fetches()).toBeLessThanOrEqual(1 + 3 + 2)
    server.bend.header = {}
    await expect(server.logIn(relyingParty)).resolves.toBeUndefined()
  })

  it('serves from memory for a day while the server is down, and no longer', async () => {
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    server.on(`${issuer}/jwks`, () => new Response('', { status: 503 }))
    await server.clock.advance(80_000)
    await expect(server.logIn(relyingParty)).resolves.toBeUndefined()
    await server.clock.advance(7_000)
    await expect(server.logIn(relyingParty)).rejects.toMatchObject({
      code: 'server_unavailable',
      retryable: true,
    })
  })

  it.each([
    ['an HTML page', () => new Response('<p>', { headers: { 'content-type': 'text/html' } })],
    ['no keys', () => json({})],
    ['keys that are no list', () => json({ keys: {} })],
    ['too many keys', () => json({ keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) })],
  ])('that is %s is refused', async (_, answer) => {
    server.on(`${issuer}/jwks`, answer)
    await expect(server.logIn(server.relyingParty())).rejects.toMatchObject({ code: 'key_set_malformed' })
  })

  it('has no key for a token when it shows private or symmetric keys only', async () => {
    server.on(`${issuer}/jwks`, () =>
      json({
        keys: [
          { kty: 'EC', crv: 'P-256', d: 'x', kid: 'key-1' },
          { kty: 'oct', k: 'x' },
        ],
      }),
    )
    await expect(server.logIn(server.relyingParty())).rejects.toMatchObject({ code: 'key_not_found' })
  })

  it('tries the keys that fit a token without a key id', async () => {
    server.bend.header = { kid: undefined }
    await expect(server.logIn(server.relyingParty())).resolves.toBeUndefined()
  })
})

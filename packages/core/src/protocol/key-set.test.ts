import { exportJWK, generateKeyPair, type JWK } from 'jose'
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

  describe('has no key for a token when the key of its name', () => {
    const publishRsa = async (change: (jwk: JWK) => object, bits?: number): Promise<unknown> => {
      const { publicKey, privateKey } = await generateKeyPair('RS256', {
        extractable: true,
        ...(bits && { modulusLength: bits }),
      })
      const jwk = await exportJWK(publicKey)
      const { d } = await exportJWK(privateKey)
      server.on(`${issuer}/jwks`, () =>
        json({ keys: [{ ...jwk, kid: 'key-1', ...change({ ...jwk, ...(d !== undefined && { d }) }) }] }),
      )
      server.bend.idToken = (token) => {
        const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'key-1' })).toString('base64url')
        return [header, ...token.split('.').slice(1)].join('.')
      }
      return server.logIn(server.relyingParty()).catch((error: unknown) => error)
    }

    it('is sound after all: then only the signature is wrong', async () => {
      expect(await publishRsa(() => ({}))).toMatchObject({ code: 'id_token_signature_invalid' })
    })

    it.each<[string, (jwk: JWK) => object]>([
      ['has the exponent 1', () => ({ e: 'AQ' })],
      ['has an even exponent', () => ({ e: 'AQAA' })],
      ['has an exponent of more than 64 bits', () => ({ e: 'AQAAAAAAAAAB' })],
      ['has no exponent', () => ({ e: undefined })],
      ['has an even modulus', ({ n = '' }) => ({ n: `${n.slice(0, -2)}AA` })],
      ['has a modulus with a zero in front', ({ n = '' }) => ({ n: `AAAA${n}` })],
      ['has a modulus of more than 16,384 bits', ({ n = '' }) => ({ n: n.slice(0, 340).repeat(9) + n })],
      ['shows its private part', ({ d }) => ({ d })],
      ['is for encryption', () => ({ use: 'enc' })],
      ['is for other operations', () => ({ key_ops: ['encrypt'] })],
      ['names an operation twice', () => ({ key_ops: ['verify', 'verify'] })],
      ['is for another algorithm', () => ({ alg: 'PS256' })],
      ['is of another type', () => ({ kty: 'EC' })],
    ])('%s', async (_, change) => {
      expect(await publishRsa(change)).toMatchObject({ code: 'key_not_found' })
    })

    it('is an RSA key that really was made with 1,024 bits', async () => {
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1_024, hash: 'SHA-256' }
      const publicExponent = Uint8Array.of(1, 0, 1)
      const { publicKey } = await crypto.subtle.generateKey({ ...algorithm, publicExponent }, true, [
        'sign',
        'verify',
      ])
      const { n } = await exportJWK(publicKey)
      expect(await publishRsa(() => ({ n }))).toMatchObject({ code: 'key_not_found' })
    })

    it('shares it with another that fits as well', async () => {
      const { publicKey } = await generateKeyPair('ES256')
      const other = await exportJWK(publicKey)
      const keys = server.publishedKeys()
      server.on(`${issuer}/jwks`, () => json({ keys: [...keys, { ...other, kid: 'key-1' }] }))
      await expect(server.logIn(server.relyingParty())).rejects.toMatchObject({ code: 'key_not_found' })
    })
  })

  it('tells keys of one name apart by what they are for', async () => {
    const rsa = await exportJWK((await generateKeyPair('RS256')).publicKey)
    const keys = server.publishedKeys()
    server.on(`${issuer}/jwks`, () =>
      json({
        keys: [
          { ...rsa, kid: 'key-1' },
          { ...keys[0], use: 'enc' },
          { kty: 'oct', k: 'AAAA', kid: 'key-1' },
          ...keys,
        ],
      }),
    )
    await expect(server.logIn(server.relyingParty())).resolves.toBeUndefined()
  })

  it('tries the keys that fit a token without a key id', async () => {
    server.bend.header = { kid: undefined }
    await expect(server.logIn(server.relyingParty())).resolves.toBeUndefined()
  })
})

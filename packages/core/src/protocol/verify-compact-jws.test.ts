import { CompactSign, exportJWK, FlattenedSign, generateKeyPair, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { verifyCompactJws } from './verify-compact-jws.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const payload = new TextEncoder().encode('{"sub":"ada"}')

interface Pair {
  readonly jwk: JWK
  readonly privateKey: CryptoKey
  readonly privateJwk: JWK
}

const pairs = new Map<string, Pair>()
const asymmetric = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA']

beforeAll(async () => {
  for (const alg of asymmetric) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    const privateJwk = await exportJWK(privateKey)
    pairs.set(alg, { jwk: await exportJWK(publicKey), privateKey, privateJwk })
  }
}, 60_000)

function pair(alg: string): Pair {
  const found = pairs.get(alg)
  if (!found) throw new Error(`no key for ${alg}`)
  return found
}

function sign(alg: string, header: object = {}, content: Uint8Array = payload): Promise<string> {
  return new CompactSign(content).setProtectedHeader({ alg, ...header }).sign(pair(alg).privateKey)
}

const verify = (token: string, keys: readonly unknown[], ...algorithms: string[]): Promise<unknown> =>
  verifyCompactJws(token, { keys }, { algorithms })

const secret = { kty: 'oct', k: Buffer.alloc(64, 7).toString('base64url') }

describe('a compact JWS is verified', () => {
  it.each(asymmetric)('signed with %s', async (alg) => {
    const { jwk } = pair(alg)
    const verified = await verifyCompactJws(
      await sign(alg, { kid: 'a' }),
      { keys: [{ ...jwk, kid: 'a', alg, use: 'sig', key_ops: ['verify'] }] },
      { algorithms: asymmetric },
    )
    expect(verified.header).toEqual({ alg, kid: 'a' })
    expect(verified.payload).toEqual(payload)
  })

  it.each(['HS256', 'HS384', 'HS512'])('with the MAC %s', async (alg) => {
    const key = Buffer.alloc(64, 7)
    const token = await new CompactSign(payload).setProtectedHeader({ alg }).sign(key)
    await expect(verify(token, [secret], alg)).resolves.toMatchObject({ header: { alg } })
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['bytes that are no text', Uint8Array.of(0, 255, 254)],
  ])('that holds %s', async (_, content) => {
    await expect(
      verify(await sign('ES256', {}, content), [pair('ES256').jwk], 'ES256'),
    ).resolves.toMatchObject({
      payload: content,
    })
  })

  it('whatever its typ', async () => {
    const token = await sign('ES256', { typ: 'at+jwt' })
    await expect(verify(token, [pair('ES256').jwk], 'ES256')).resolves.toBeDefined()
  })
})

describe('a compact JWS is malformed', () => {
  it.each<[string, (token: string) => string]>([
    ['a space at its end', (token) => `${token} `],
    ['a space in its header', (token) => ` ${token}`],
    ['a newline in its payload', (token) => token.replace('.', '.\n')],
    ['padding', (token) => `${token}==`],
    ['padding behind its header', (token) => token.replace('.', '=.')],
    ['letters of plain base64', (token) => `${token.slice(0, -4)}+/+/`],
    ['bits behind the last byte', (token) => token.slice(0, -1) + nextLetter(token.at(-1) ?? 'A')],
    ['a length that no bytes have', (token) => token.slice(0, -1)],
    ['a fourth segment', (token) => `${token}.AA`],
    ['five segments, as what is encrypted', (token) => `${token}.AA.AA`],
    ['no signature', (token) => token.replace(/[^.]*$/, '')],
    ['no separator before a signature', (token) => token.replace(/\.[^.]*$/, '')],
    ['no header', (token) => token.replace(/^[^.]*/, '')],
    ['a header that is no JSON', (token) => token.replace(/^[^.]*/, 'AAAA')],
    ['a header that is a string', (token) => token.replace(/^[^.]*/, encode('ES256'))],
    ['a header that is null', (token) => token.replace(/^[^.]*/, encode(null))],
    ['more than 64 KiB', (token) => token.replace('.', `.${'AAAA'.repeat(16_384)}`)],
    ['nothing in it', () => ''],
  ])('with %s', async (_, spoil) => {
    const token = spoil(await sign('ES256'))
    await expect(verify(token, [pair('ES256').jwk], 'ES256')).rejects.toMatchObject({ code: 'jws_malformed' })
  })

  it.each<[string, object]>([
    ['crit', { crit: ['exp'], exp: 1 }],
    ['b64', { b64: true }],
    ['jku', { jku: 'https://evil.example/jwks' }],
    ['x5u', { x5u: 'https://evil.example/x5' }],
    ['x5c', { x5c: ['AAAA'] }],
    ['jwk', { jwk: {} }],
  ])('with %s in its header, though its signature is right', async (_, header) => {
    const { privateKey, jwk } = pair('ES256')
    const parameters = { alg: 'ES256', ...header, ...('jwk' in header && { jwk }) }
    const input = `${encode(parameters)}.${Buffer.from(payload).toString('base64url')}`
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(input))
    const token = `${input}.${Buffer.from(signature).toString('base64url')}`
    await expect(verify(token, [jwk], 'ES256')).rejects.toMatchObject({ code: 'jws_malformed' })
  })

  it('in its other serialization', async () => {
    const { privateKey } = pair('ES256')
    const flattened = await new FlattenedSign(payload).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
    await expect(verify(JSON.stringify(flattened), [pair('ES256').jwk], 'ES256')).rejects.toMatchObject({
      code: 'jws_malformed',
    })
  })
})

describe('the algorithm of a compact JWS', () => {
  it.each(['none', 'nOnE', 'HS256', 'RS256', 'es256', '', undefined, null, ['ES256']])(
    'is refused as %j where ES256 is allowed',
    async (alg) => {
      const token = (await sign('ES256')).replace(/^[^.]*/, encode({ alg }))
      await expect(verify(token, [pair('ES256').jwk], 'ES256')).rejects.toMatchObject({
        code: 'jws_algorithm_refused',
      })
    },
  )

  it.each([[[]], [['none']], [['ES256', 'HS256']], [['constructor']]])(
    'may not be configured as %j',
    async (algorithms) => {
      await expect(verify(await sign('ES256'), [pair('ES256').jwk], ...algorithms)).rejects.toMatchObject({
        code: 'invalid_configuration',
      })
    },
  )
})

describe('the signature of a compact JWS does not verify', () => {
  it.each<[string, (token: string) => string]>([
    ['when a bit of it is flipped', (token) => token.replace(/[^.]+$/, (text) => flip(text))],
    ['when the payload was exchanged', (token) => token.replace(/\.[^.]*\./, `.${encode({ sub: 'eve' })}.`)],
    [
      'when the header has something more',
      (token) => token.replace(/^[^.]*/, encode({ alg: 'ES256', a: 1 })),
    ],
    ['when it is longer', (token) => lengthen(token, [0])],
    ['when zeros fill it up', (token) => lengthen(token, [0, 0])],
    ['when it is all zeros', (token) => withSignature(token, new Uint8Array(64))],
    ['when it is one byte', (token) => withSignature(token, Uint8Array.of(1))],
    ['when it is in DER', (token) => withSignature(token, derOf(signatureOf(token)))],
  ])('%s', async (_, spoil) => {
    const token = spoil(await sign('ES256'))
    await expect(verify(token, [pair('ES256').jwk], 'ES256')).rejects.toMatchObject({
      code: 'jws_signature_invalid',
    })
  })

  it.each([
    ['RS256', 'PS256'],
    ['PS256', 'RS256'],
    ['RS256', 'RS512'],
    ['PS384', 'PS256'],
  ])('when it was made with %s and is called %s', async (made, called) => {
    const token = (await sign(made)).replace(/^[^.]*/, encode({ alg: called }))
    await expect(verify(token, [pair(made).jwk], called)).rejects.toMatchObject({
      code: 'jws_signature_invalid',
    })
  })
})

describe('a set has no key for a compact JWS', () => {
  it.each<[string, (jwk: JWK) => readonly unknown[]]>([
    ['when it is empty', () => []],
    ['when its keys are nothing', () => [null, 1, 'x']],
    ['when the key has another name', (jwk) => [{ ...jwk, kid: 'b' }]],
    ['when the key has no name', (jwk) => [jwk]],
    ['when the key is for another algorithm', (jwk) => [{ ...jwk, kid: 'a', alg: 'ES384' }]],
    ['when the key is for encryption', (jwk) => [{ ...jwk, kid: 'a', use: 'enc' }]],
    ['when the key is for other operations', (jwk) => [{ ...jwk, kid: 'a', key_ops: ['sign'] }]],
    ['when the operations are no list', (jwk) => [{ ...jwk, kid: 'a', key_ops: 'verify' }]],
    ['when the curve is another', (jwk) => [{ ...jwk, kid: 'a', crv: 'P-384' }]],
    ['when the type is another', (jwk) => [{ ...jwk, kid: 'a', kty: 'OKP' }]],
    [
      'when two keys have the name',
      (jwk) => [
        { ...jwk, kid: 'a' },
        { ...jwk, kid: 'a' },
      ],
    ],
    ['when it mixes secrets and public keys', (jwk) => [{ ...jwk, kid: 'a' }, secret]],
    ['when the key shows its private part', () => [{ ...pair('ES256').privateJwk, kid: 'a' }]],
  ])('%s', async (_, keysOf) => {
    const token = await sign('ES256', { kid: 'a' })
    await expect(verify(token, keysOf(pair('ES256').jwk), 'ES256')).rejects.toMatchObject({
      code: 'key_not_found',
    })
  })

  it('when a public key is to serve as a shared secret', async () => {
    const { jwk } = pair('RS256')
    const key = new TextEncoder().encode(JSON.stringify(jwk))
    const token = await new CompactSign(payload).setProtectedHeader({ alg: 'HS256' }).sign(key)
    await expect(verify(token, [jwk], 'HS256')).rejects.toMatchObject({ code: 'key_not_found' })
    await expect(verify(token, [jwk], 'RS256')).rejects.toMatchObject({ code: 'jws_algorithm_refused' })
  })

  it.each([
    ['HS256', 31],
    ['HS384', 47],
    ['HS512', 63],
    ['HS256', 0],
  ])('when the secret for %s has %i bytes', async (alg, bytes) => {
    const token = await new CompactSign(payload).setProtectedHeader({ alg }).sign(Buffer.alloc(64, 7))
    const k = Buffer.alloc(bytes, 7).toString('base64url')
    await expect(verify(token, [{ kty: 'oct', k }], alg)).rejects.toMatchObject({ code: 'key_not_found' })
  })

  it('when the point is not on the curve', async () => {
    const { jwk } = pair('ES256')
    await expect(verify(await sign('ES256'), [{ ...jwk, y: jwk.x }], 'ES256')).rejects.toMatchObject({
      code: 'jws_signature_invalid',
    })
  })

  it.each<[string, (jwk: JWK) => JWK]>([
    ['has the exponent 1', (jwk) => ({ ...jwk, e: 'AQ' })],
    ['is of the kind whose factors can be found', (jwk) => ({ ...jwk, n: rocaModulus() })],
  ])('when the RSA key %s', async (_, change) => {
    const token = await sign('RS256')
    await expect(verify(token, [change(pair('RS256').jwk)], 'RS256')).rejects.toMatchObject({
      code: 'key_not_found',
    })
  })
})

function nextLetter(letter: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return letters[letters.indexOf(letter) + 1] ?? 'A'
}

const signatureOf = (token: string): Buffer => Buffer.from(token.split('.')[2] ?? '', 'base64url')

function withSignature(token: string, signature: Uint8Array): string {
  return token.replace(/[^.]+$/, Buffer.from(signature).toString('base64url'))
}

function lengthen(token: string, bytes: number[]): string {
  return withSignature(token, Buffer.concat([signatureOf(token), Uint8Array.from(bytes)]))
}

const flip = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)

/** The signature as other formats have it: two integers with their lengths. */
function derOf(signature: Buffer): Uint8Array {
  const integers = [signature.subarray(0, 32), signature.subarray(32)].map((half) =>
    Buffer.concat([Uint8Array.of(2, 33, 0), half]),
  )
  return Buffer.concat([Uint8Array.of(48, 70), ...integers])
}

/** A number of 2,048 bits that is a power of 65537 modulo the small primes, as the moduli of such keys are. */
function rocaModulus(): string {
  const primes = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
  ]
  const product = [...primes, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157].reduce(
    (whole, prime) => whole * BigInt(prime),
    1n,
  )
  const lowest = 2n ** 2_047n
  const modulus = lowest - (lowest % product) + product + 65_537n
  return Buffer.from(modulus.toString(16), 'hex').toString('base64url')
}

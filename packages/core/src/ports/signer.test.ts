import { exportJWK, generateKeyPair, importJWK, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { signJwt } from '../protocol/sign-jwt.ts'
import { canary } from '../testing/scripted-server.test-support.ts'
import { signerFromKey } from './signer.ts'

describe('a signer made of a key', () => {
  it.each(['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'EdDSA'])(
    'signs a JWT with %s that another library verifies',
    async (alg) => {
      const { privateKey, publicKey } = await generateKeyPair(alg)
      const signer = signerFromKey(privateKey, { keyId: 'key-1' })
      const token = await signJwt(signer, 'JWT', { sub: 'ada' })
      await expect(jwtVerify(token, publicKey)).resolves.toMatchObject({
        payload: { sub: 'ada' },
        protectedHeader: { alg, kid: 'key-1', typ: 'JWT' },
      })
    },
  )

  it('may say Ed25519 in place of EdDSA', async () => {
    const { privateKey } = await generateKeyPair('EdDSA')
    expect(signerFromKey(privateKey, { alg: 'Ed25519' })).toMatchObject({ alg: 'Ed25519' })
  })

  it('refuses a public key', async () => {
    const { publicKey } = await generateKeyPair('ES256')
    expect(() => signerFromKey(publicKey)).toThrowError(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
  })

  it('refuses an algorithm that the key is not for', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    expect(() => signerFromKey(privateKey, { alg: 'ES384' })).toThrowError(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
  })

  it('refuses a key for something else', async () => {
    const { privateKey } = await generateKeyPair('ECDH-ES')
    expect(() => signerFromKey(privateKey)).toThrowError(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
  })

  it('refuses an RSA key of 1,024 bits', async () => {
    const algorithm = { name: 'RSA-PSS', modulusLength: 1_024, hash: 'SHA-256' }
    const publicExponent = Uint8Array.of(1, 0, 1)
    const { privateKey } = await crypto.subtle.generateKey({ ...algorithm, publicExponent }, false, [
      'sign',
      'verify',
    ])
    expect(() => signerFromKey(privateKey)).toThrowError(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
  })
})

describe('a signer of any other make', () => {
  it('is three lines', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const key = (await importJWK(await exportJWK(privateKey), 'ES256')) as CryptoKey
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    const sign = async (data: Uint8Array): Promise<Uint8Array> =>
      new Uint8Array(await crypto.subtle.sign(algorithm, key, data as Uint8Array<ArrayBuffer>))
    const token = await signJwt({ alg: 'ES256', sign }, 'JWT', {})
    await expect(jwtVerify(token, publicKey)).resolves.toMatchObject({ protectedHeader: { alg: 'ES256' } })
  })

  it.each([
    ['rejects', () => Promise.reject(new Error(canary))],
    [
      'throws',
      () => {
        throw new Error(canary)
      },
    ],
  ])('that %s is a typed error, without what it said', async (_, sign) => {
    await expect(signJwt({ alg: 'ES256', sign }, 'JWT', {})).rejects.toMatchObject({
      code: 'signer_failed',
      retryable: true,
      sessionSurvives: true,
      message: expect.not.stringContaining(canary),
    })
  })
})

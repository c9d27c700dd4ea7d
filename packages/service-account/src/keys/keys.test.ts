import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { jwtVerify } from 'jose'
import { signJwt } from '@oauth-concierge/core'
import { describe, expect, it } from 'vitest'
import { importNodeKey } from '../node/import-node-key.ts'
import { keys, pemOf } from '../test-kit.test-support.ts'
import { importKey, type KeyMaterial, type KeyOptions } from './import-key.ts'

const importers = [
  ['WebCrypto', importKey],
  ['node:crypto', importNodeKey],
] as const

const rsaPem = pemOf(keys.rsa.privateKey, 'pkcs1')
const ecPem = pemOf(keys.ec.privateKey)
/** The third number of the key is none any more. */
const damaged = ((): string => {
  const der = keys.rsa.privateKey.export({ type: 'pkcs1', format: 'der' })
  der[der.indexOf(Buffer.from('0203010001', 'hex'))] = 0x05
  return der.toString('base64')
})()
const secret = rsaPem.split('\n')[3] ?? ''

/** What text it is does not matter, as long as it signs like the key it was made of. */
async function expectSigns(
  importer: typeof importKey,
  key: KeyMaterial,
  options: KeyOptions,
  publicKey: Parameters<typeof createPublicKey>[0],
) {
  const signer = await importer(key, options)
  const jwt = await signJwt(signer, 'JWT', { sub: 'sync' })
  await expect(jwtVerify(jwt, createPublicKey(publicKey))).resolves.toMatchObject({
    payload: { sub: 'sync' },
  })
  return signer
}

describe.each(importers)('G01: a malformed PEM, read for %s,', (_, importer) => {
  const repaired: readonly (readonly [string, string])[] = [
    ['with \\n in place of line ends', rsaPem.replaceAll('\n', '\\n')],
    ['with \\r\\n in place of line ends', rsaPem.replaceAll('\n', '\\r\\n')],
    ['with CRLF', rsaPem.replaceAll('\n', '\r\n')],
    ['with old Mac line ends', rsaPem.replaceAll('\n', '\r')],
    ['with a byte order mark', `\uFEFF${rsaPem}`],
    ['in double quotes', `"${rsaPem.replaceAll('\n', '\\n')}"`],
    ['in single quotes', `'${rsaPem}'`],
    ['in the quotes of a word processor', `“${rsaPem}”`],
    ['with its line ends lost', rsaPem.replaceAll('\n', ' ')],
    ['indented, as in YAML', rsaPem.replaceAll('\n', '\n    ')],
    ['with words around it', `Bag Attributes\n  friendlyName: x\n${rsaPem}\nthanks`],
    ['in base64', Buffer.from(rsaPem).toString('base64')],
    ['without its armour', rsaPem.replaceAll(/-----.*-----/g, '')],
    ['with the label of PKCS#8', rsaPem.replaceAll('RSA PRIVATE KEY', 'PRIVATE KEY')],
  ]

  it.each(repaired)('%s is repaired', async (_, pem) => {
    await expectSigns(importer, pem, {}, keys.rsa.privateKey)
  })

  const broken: readonly (readonly [string, string, string, RegExp])[] = [
    ['without its END', rsaPem.slice(0, -40), 'truncated', /has no line "-----END RSA PRIVATE KEY-----"/],
    [
      'cut off in the middle, with its END',
      rsaPem.replace(/(.{64}\n){4}(.*\n)(-----END)/, '$3'),
      'truncated',
      /bytes are missing/,
    ],
    [
      'with a character that is not base64',
      rsaPem.replace(/(\n.{20})./, '$1…'),
      'unknown',
      /^Line 2 of the PEM/,
    ],
    ['with another END', rsaPem.replace('END RSA', 'END EC'), 'truncated', /has no line/],
    ['that is no PEM', 'correct horse battery staple', 'unknown', /is no PEM/],
    ['that is empty', '', 'unknown', /is no PEM/],
    ['with two private keys', rsaPem + ecPem, 'unknown', /2 private keys/],
    ['with damage inside', damaged, '', /is damaged/],
  ]

  it.each(broken)('%s is refused at once, without its text', async (_, pem, format, message) => {
    const error = await importer(pem, {}).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'UsageError', code: 'key_unusable' })
    if (format) expect(error).toMatchObject({ format })
    expect((error as Error).message).toMatch(message)
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(secret)
  })
})

describe.each(importers)('G02: by %s', (_, importer) => {
  const usable: readonly (readonly [string, KeyMaterial, Parameters<typeof createPublicKey>[0], string])[] = [
    ['PKCS#1', rsaPem, keys.rsa.privateKey, 'RS256'],
    ['PKCS#8 with RSA', pemOf(keys.rsa.privateKey), keys.rsa.privateKey, 'RS256'],
    ['PKCS#8 with EC', ecPem, keys.ec.privateKey, 'ES256'],
    ['SEC1', pemOf(keys.ec.privateKey, 'sec1'), keys.ec.privateKey, 'ES256'],
    [
      'SEC1 behind its parameters',
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pemOf(keys.ec.privateKey, 'sec1')}`,
      keys.ec.privateKey,
      'ES256',
    ],
    ['Ed25519', pemOf(keys.ed.privateKey), keys.ed.privateKey, 'EdDSA'],
    [
      'a JWK of RSA',
      keys.rsa.privateKey.export({ format: 'jwk' }) as JsonWebKey,
      keys.rsa.privateKey,
      'RS256',
    ],
    [
      'a JWK of EC, with use and key_ops',
      { ...keys.ec.privateKey.export({ format: 'jwk' }), use: 'sig', key_ops: ['sign'] } as JsonWebKey,
      keys.ec.privateKey,
      'ES256',
    ],
    [
      'a JWK of Ed25519',
      keys.ed.privateKey.export({ format: 'jwk' }) as JsonWebKey,
      keys.ed.privateKey,
      'EdDSA',
    ],
  ]

  it.each(usable)('%s signs', async (_, key, publicKey, alg) => {
    await expect(expectSigns(importer, key, { keyId: 'key-1' }, publicKey)).resolves.toMatchObject({
      alg,
      keyId: 'key-1',
    })
  })

  it.each(['P-384', 'P-521'])('EC with %s signs', async (namedCurve) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve })
    await expectSigns(importer, pemOf(privateKey, 'sec1'), {}, privateKey)
  })

  it.each(['PS256', 'RS384', 'PS512'])(
    'an RSA key signs with %s where that is asked for',
    async (algorithm) => {
      await expect(expectSigns(importer, rsaPem, { algorithm }, keys.rsa.privateKey)).resolves.toMatchObject({
        alg: algorithm,
      })
    },
  )

  it('the kid of a JWK goes into the header', async () => {
    const jwk = { ...keys.ec.privateKey.export({ format: 'jwk' }), kid: 'from-jwk' } as JsonWebKey
    await expect(importer(jwk, {})).resolves.toMatchObject({ keyId: 'from-jwk' })
    await expect(importer(jwk, { keyId: 'other' })).resolves.toMatchObject({ keyId: 'other' })
  })

  const refused: readonly (readonly [string, KeyMaterial, string])[] = [
    ['a public key', keys.rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string, 'public_key'],
    [
      'a PKCS#1 public key',
      keys.rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }) as string,
      'public_key',
    ],
    ['a public JWK', keys.rsa.publicKey.export({ format: 'jwk' }) as JsonWebKey, 'public_key'],
    [
      'a key of OpenSSH',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----',
      'openssh',
    ],
    ['an object that is none', { hello: 'world' } as JsonWebKey, 'unknown'],
    // PFX ::= SEQUENCE { version 3, authSafe ContentInfo { data } }
    ['PKCS#12', Buffer.from('3012020103300d06092a864886f70d010701a000', 'hex').toString('base64'), 'pkcs12'],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nMAgwADAAAwIAAA==\n-----END CERTIFICATE-----',
      'certificate',
    ],
  ]

  it.each(refused)('%s is named', async (_, key, format) => {
    await expect(importer(key, {})).rejects.toMatchObject({
      code: 'key_unusable',
      format,
      message: expect.stringContaining('Wanted is a private key'),
    })
  })

  it.each(['rsa 1024', 'x25519', 'secp256k1'])('a key that is no good (%s) is refused', async (kind) => {
    const { privateKey } =
      kind === 'rsa 1024'
        ? generateKeyPairSync('rsa', { modulusLength: 1024 })
        : kind === 'x25519'
          ? generateKeyPairSync('x25519')
          : generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    await expect(importer(pemOf(privateKey), {})).rejects.toMatchObject({ name: 'UsageError' })
  })

  it('an algorithm that the key is not for is refused', async () => {
    await expect(importer(ecPem, { algorithm: 'ES384' })).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
    await expect(importer(rsaPem, { algorithm: 'ES256' })).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
  })
})

describe('G02: an encrypted key', () => {
  const encrypted = keys.rsa.privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open sesame',
  }) as string
  const old = keys.rsa.privateKey.export({
    type: 'pkcs1',
    format: 'pem',
    cipher: 'aes-128-cbc',
    passphrase: 'open sesame',
  }) as string

  it.each([
    ['PKCS#8', encrypted],
    ['the old PEM', old],
  ])('in %s opens by its passphrase, in Node', async (_, pem) => {
    await expectSigns(importNodeKey, pem, { passphrase: 'open sesame' }, keys.rsa.privateKey)
    for (const passphrase of ['wrong', undefined]) {
      const options = passphrase === undefined ? {} : { passphrase }
      await expect(importNodeKey(pem, options)).rejects.toMatchObject({
        code: 'key_unusable',
        message: expect.stringMatching(/passphrase/),
      })
    }
  })

  it.each([
    ['encrypted_pkcs8', encrypted],
    ['encrypted_pem', old],
  ])('(%s) is sent to ./node by the main entry', async (format, pem) => {
    const importing = importKey(pem, { passphrase: 'open sesame' })
    await expect(importing).rejects.toMatchObject({
      format,
      message: expect.stringContaining('service-account/node'),
    })
  })
})

describe('a key for RSA-PSS alone', () => {
  // Its types lack this kind of key.
  const generate = generateKeyPairSync as unknown as (
    kind: string,
    options: object,
  ) => { privateKey: KeyObject }
  const { privateKey } = generate('rsa-pss', {
    modulusLength: 2048,
    hashAlgorithm: 'sha256',
    mgf1HashAlgorithm: 'sha256',
    saltLength: 32,
  })

  it('signs with PS256 in Node, and is sent there by the main entry', async () => {
    await expect(importNodeKey(pemOf(privateKey), {})).resolves.toMatchObject({ alg: 'PS256' })
    await expect(importKey(pemOf(privateKey), {})).rejects.toMatchObject({
      message: expect.stringContaining('service-account/node'),
    })
  })
})

import { createPublicKey, sign as signSync, verify as verifySync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signJwt } from '@oauth-concierge/core'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ecdsaSignature } from '../keys/ecdsa-signature.ts'
import { keys, pemOf } from '../test-kit.test-support.ts'
import { commandSigner } from './command-signer.ts'
import { signerFromKeyObject } from './key-object-signer.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'concierge-signer-'))
  writeFileSync(join(folder, 'key.pem'), pemOf(keys.ec.privateKey), { mode: 0o600 })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a signer of a KeyObject', () => {
  it('leaves the event loop free while it signs', async () => {
    const signer = signerFromKeyObject(keys.rsa.privateKey)
    const order: string[] = []
    const signing = signer.sign(new TextEncoder().encode('x')).then(() => order.push('signed'))
    await Promise.resolve().then(() => order.push('went on'))
    await signing
    expect(order).toEqual(['went on', 'signed'])
  })

  it('refuses a public key', () => {
    expect(() => signerFromKeyObject(keys.rsa.publicKey)).toThrow(
      expect.objectContaining({ code: 'key_unusable', format: 'public_key' }),
    )
  })
})

describe('an ECDSA signature in DER', () => {
  it('becomes that of a JWS, a thousand times', () => {
    const data = Buffer.from('data')
    const publicKey = createPublicKey(keys.ec.privateKey)
    for (let round = 0; round < 1_000; round += 1) {
      const joined = ecdsaSignature(signSync('sha256', data, keys.ec.privateKey), 'ES256')
      expect(joined).toHaveLength(64)
      const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
      expect(verifySync('sha256', data, options, joined)).toBe(true)
    }
  })

  it('keeps a number that begins with zeros in its place', () => {
    const short = Uint8Array.from([0x30, 0x07, 0x02, 0x02, 0x00, 0x81, 0x02, 0x01, 0x07])
    const joined = ecdsaSignature(short, 'ES384')
    expect([joined.length, joined[47], joined[95]]).toEqual([96, 0x81, 0x07])
    expect(joined.filter((byte) => byte !== 0)).toHaveLength(2)
  })

  it.each([
    [new Uint8Array(64), 'ES256'],
    [Uint8Array.from([0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01]), 'RS256'],
    [new Uint8Array(), 'ES256'],
  ])('is refused for what is none', (bytes, alg) => {
    expect(() => ecdsaSignature(bytes, alg)).toThrow(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
  })
})

describe('a program that signs', () => {
  const program = (code: string) => ({ command: process.execPath, args: ['-e', code] })
  const read = `const key = require('fs').readFileSync(process.argv[1]); const data = require('fs').readFileSync(0);`
  const withKey = (code: string) => ({
    ...program(read + code),
    args: ['-e', read + code, join(folder, 'key.pem')],
  })

  it.each([
    [
      'raw',
      `process.stdout.write(require('crypto').sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }))`,
    ],
    [
      'base64',
      `console.log(require('crypto').sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }).toString('base64'))`,
    ],
    ['der', `process.stdout.write(require('crypto').sign('sha256', data, key))`],
  ] as const)('gives its signature as %s', async (output, code) => {
    const signer = commandSigner({ alg: 'ES256', keyId: 'card-1', output, ...withKey(code) })
    const jwt = await signJwt(signer, 'JWT', { sub: 'x' })
    await expect(jwtVerify(jwt, createPublicKey(keys.ec.privateKey))).resolves.toMatchObject({
      protectedHeader: { kid: 'card-1' },
    })
  })

  it.each([
    ['ends badly', program('process.stdin.resume(); process.exit(3)')],
    ['says nothing', program('')],
    ['says too much', program(`process.stdout.write('x'.repeat(100000))`)],
    ['does not end', { ...program('setInterval(() => {}, 1000)'), timeout: 200 }],
    ['is not there', { command: '/nonexistent/program' }],
  ])('and %s is a signer that failed', async (_, command) => {
    await expect(signJwt(commandSigner({ alg: 'ES256', ...command }), 'JWT', {})).rejects.toMatchObject({
      code: 'signer_failed',
    })
  })

  it('sees no shell', async () => {
    const signer = commandSigner({
      alg: 'RS256',
      command: process.execPath,
      args: ['-e', 'process.stdout.write(process.argv[1])', '$(whoami); `id`'],
    })
    await expect(signer.sign(new Uint8Array())).resolves.toEqual(Buffer.from('$(whoami); `id`'))
  })
})

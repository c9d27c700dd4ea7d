import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calculateJwkThumbprint, compactVerify, CompactSign, importJWK, type JWK } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KeyReport } from '../keys/inspect-keys.ts'
import { run } from '../terminal.test-support.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concierge-cli-'))
  path = join(folder, 'key')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const generate = (...argv: readonly string[]) => run(['keys', 'generate', '--out', path, ...argv])

describe('concierge keys generate', () => {
  it.each(['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'])('makes a key for %s that signs', async (alg) => {
    const { code, output } = await generate('--alg', alg)
    expect(code).toBe(0)
    const publicJwk = JSON.parse(output) as JWK
    const privateJwk = JSON.parse(readFileSync(path, 'utf8')) as JWK
    expect(publicJwk).toMatchObject({ alg, use: 'sig', kid: await calculateJwkThumbprint(publicJwk) })
    expect(privateJwk).toMatchObject(publicJwk)
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(publicJwk).not.toHaveProperty(member)
    const jws = await new CompactSign(Buffer.from('x'))
      .setProtectedHeader({ alg })
      .sign(await importJWK(privateJwk))
    await expect(compactVerify(jws, await importJWK(publicJwk))).resolves.toBeDefined()
  })

  it('writes PEM', async () => {
    await generate('--format', 'pem', '--alg', 'RS256', '--bits', '3072')
    const key = createPrivateKey(readFileSync(path, 'utf8'))
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(3_072)
  })

  it('writes for the owner only, whatever the umask, and leaves nothing else behind', async () => {
    const before = process.umask(0)
    await generate()
    process.umask(before)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['key'])
  })

  it('replaces nothing, unless it is told to, and then with the right mode', async () => {
    writeFileSync(path, 'mine', { mode: 0o644 })
    const refused = await generate()
    expect([refused.code, refused.output]).toEqual([2, ''])
    expect(refused.errors).toContain('--force')
    expect(readFileSync(path, 'utf8')).toBe('mine')
    expect(readdirSync(folder)).toEqual(['key'])
    expect((await generate('--force')).code).toBe(0)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('does not write through a link', async () => {
    writeFileSync(join(folder, 'other'), 'mine')
    symlinkSync(join(folder, 'other'), path)
    expect((await generate()).code).toBe(2)
    expect((await generate('--force')).code).toBe(0)
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('mine')
    expect(lstatSync(path).isSymbolicLink()).toBe(false)
  })

  it.each([
    [['--alg', 'none'], 2],
    [['--alg', 'constructor'], 2],
    [['--format', 'der'], 2],
    [['--bits', '1024'], 2],
    [['--bits', '2049'], 2],
    [['--out', '/nowhere/key'], 3],
  ])('refuses %j', async (argv, expected) => {
    const { code, output } = await generate(...argv)
    expect([code, output]).toEqual([expected, ''])
  })
})

describe('concierge keys inspect', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = (key: KeyObject, type: string): string =>
    key.export({ type: type as 'pkcs8', format: 'pem' }) as string
  const jwk = (key: KeyObject): object => key.export({ format: 'jwk' })

  async function inspect(content: string | Buffer | object, env: Record<string, string> = {}) {
    const isRaw = typeof content === 'string' || Buffer.isBuffer(content)
    writeFileSync(path, isRaw ? content : JSON.stringify(content))
    chmodSync(path, 0o600)
    const shown = await run(['keys', 'inspect', path], { env })
    const { code, output } = await run(['keys', 'inspect', path, '--json'], { env })
    expectNothingPrivate(shown.output + output)
    return {
      code,
      shown: shown.output,
      keys: (JSON.parse(output) as { readonly keys: readonly KeyReport[] }).keys,
    }
  }

  function expectNothingPrivate(text: string): void {
    for (const { privateKey } of [rsa, ec]) {
      const { d = '', p = d } = privateKey.export({ format: 'jwk' })
      for (const part of [d, p]) expect(text).not.toContain(part.slice(0, 20))
    }
    expect(text).not.toContain('PRIVATE KEY-----\n')
  }

  it.each([
    ['pkcs8', pem(rsa.privateKey, 'pkcs8'), 'RSA, 2048 bits'],
    ['pkcs1', pem(rsa.privateKey, 'pkcs1'), 'RSA, 2048 bits'],
    ['sec1', pem(ec.privateKey, 'sec1'), 'EC, P-256'],
    ['pkcs8', ec.privateKey.export({ type: 'pkcs8', format: 'der' }), 'EC, P-256'],
    ['pkcs1', { type: 'service_account', private_key: pem(rsa.privateKey, 'pkcs1') }, 'RSA, 2048 bits'],
    ['pkcs8', { private_key: pem(ec.privateKey, 'pkcs8').replaceAll('\n', '\\n') }, 'EC, P-256'],
  ])('reads %s', async (format, content, kind) => {
    const { code, keys, shown } = await inspect(content)
    expect(keys).toMatchObject([{ format, kind, visibility: 'private', problems: [] }])
    expect(keys[0]?.thumbprint).toBe(await calculateJwkThumbprint(keys[0]?.publicJwk as JWK))
    expect(code).toBe(0)
    expect(shown).toContain('Nothing is wrong with it.')
  })

  it('reads JWKs, public keys and sets', async () => {
    expect(await inspect({ ...jwk(ec.privateKey), kid: 'a' })).toMatchObject({
      code: 0,
      keys: [{ kind: 'EC, P-256', visibility: 'private', keyId: 'a', algorithms: ['ES256'] }],
    })
    expect(await inspect(pem(ec.publicKey, 'spki'))).toMatchObject({
      code: 0,
      keys: [{ visibility: 'public' }],
    })
    const keys = [rsa, ec].map(({ publicKey }, at) => ({ ...jwk(publicKey), kid: String(at) }))
    expect(await inspect({ keys })).toMatchObject({ code: 0, keys: [{ keyId: '0' }, { keyId: '1' }] })
  })

  it('opens an encrypted key by its passphrase', async () => {
    const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' } as const
    const text = ec.privateKey.export(cipher) as string
    expect(await inspect(text)).toMatchObject({ code: 1, keys: [{ format: 'encrypted_pkcs8' }] })
    expect(await inspect(text, { CONCIERGE_KEY_PASSPHRASE: 'wrong' })).toMatchObject({ code: 1 })
    expect(await inspect(text, { CONCIERGE_KEY_PASSPHRASE: 'open sesame' })).toMatchObject({ code: 0 })
  })

  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 })
  const bitcoin = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  const exchange = generateKeyPairSync('x25519')

  it.each<[string, string | object, RegExp]>([
    ['a short RSA key', pem(weak.privateKey, 'pkcs8'), /2,048 bits/],
    ['a curve that JWS has not', pem(bitcoin.privateKey, 'pkcs8'), /No JWS algorithm/],
    ['a key that cannot sign', pem(exchange.privateKey, 'pkcs8'), /No JWS algorithm/],
    ['a JWK without a name', jwk(ec.publicKey), /no kid/],
    ['a JWK of another algorithm', { ...jwk(ec.publicKey), kid: 'a', alg: 'RS256' }, /alg/],
    ['a JWK to encrypt with', { ...jwk(ec.publicKey), kid: 'a', use: 'enc' }, /use is not sig/],
    ['a private key in a set', { keys: [{ ...jwk(ec.privateKey), kid: 'a' }] }, /never publish/],
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0' }, /shared secret/],
    ['a JWK that is damaged', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, /damaged/],
    ['a PEM that is cut off', pem(rsa.privateKey, 'pkcs8').slice(0, 500), /cut off/],
    ['JSON without a key', { hello: 'world' }, /no key in it/],
    ['no key', 'hello', /no PEM/],
  ])('says what is wrong with %s', async (_, content, problem) => {
    const { code, keys, shown } = await inspect(content)
    expect(code).toBe(1)
    expect(keys.flatMap(({ problems }) => problems).join('\n')).toMatch(problem)
    expect(shown).toMatch(/ {2}! /)
  })

  it('says that others can read the file, where that matters', async () => {
    writeFileSync(path, pem(ec.privateKey, 'pkcs8'), { mode: 0o644 })
    const { code, output } = await run(['keys', 'inspect', path])
    expect(code).toBe(1)
    expect(output).toContain('chmod 600')
    writeFileSync(path, pem(ec.publicKey, 'spki'))
    expect((await run(['keys', 'inspect', path])).code).toBe(0)
  })

  it('reads standard input, and says what it cannot read', async () => {
    expect((await run(['keys', 'inspect', '-'], { input: pem(ec.publicKey, 'spki') })).code).toBe(0)
    expect((await run(['keys', 'inspect'])).code).toBe(2)
    expect((await run(['keys', 'inspect', folder])).code).toBe(3)
    expect((await run(['keys', 'inspect', '/dev/zero'])).code).toBe(3)
  })
})

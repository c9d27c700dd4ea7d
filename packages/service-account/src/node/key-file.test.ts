import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createTestServer,
  keys,
  pemOf,
  refusal,
  serviceAccountFile,
  type TestServer,
} from '../test-kit.test-support.ts'
import { environment, githubActionsToken, tokenFromEnvironment } from './environment.ts'
import { keyFile, tokenFromFile } from './key-file.ts'
import { serviceAccount } from './service-account.ts'

let folder: string
let path: string
let server: TestServer

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concierge-keys-'))
  path = join(folder, 'sa.json')
  server = createTestServer()
  write(serviceAccountFile())
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (content: object | string | Buffer, mode = 0o600): void => {
  const text = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content)
  writeFileSync(path, text)
  chmodSync(path, mode)
}

const warnings: string[] = []
const warn = (message: string): void => void warnings.push(message)

describe('a service account', () => {
  it('is two lines', async () => {
    const account = await serviceAccount({ keyFile: path, scope: 'orders.read', runtime: server.runtime })
    await account.getAccessToken()
    expect(server.assertions()[0]?.claims).toMatchObject({ scope: 'orders.read' })
  })

  it('takes its options in either place', async () => {
    const { runtime } = server
    await (await serviceAccount({ keyFile: path }, { scope: 'a', runtime })).getAccessToken()
    await (await serviceAccount(serviceAccountFile(), { scope: 'b', runtime })).getAccessToken()
    expect(server.assertions().map(({ claims }) => claims['scope'])).toEqual(['a', 'b'])
  })

  it.each([
    ['JSON', () => JSON.stringify(serviceAccountFile())],
    ['JSON in base64', () => Buffer.from(JSON.stringify(serviceAccountFile())).toString('base64')],
    ['a path', () => path],
  ])('is read from an environment variable with %s', async (_, value) => {
    process.env['CONCIERGE_TEST_ACCOUNT'] = value()
    const account = await serviceAccount({ env: 'CONCIERGE_TEST_ACCOUNT', runtime: server.runtime })
    await account.getAccessToken()
    expect(server.assertions()[0]?.header.kid).toBe('key-1')
    delete process.env['CONCIERGE_TEST_ACCOUNT']
    await expect(serviceAccount({ env: 'CONCIERGE_TEST_ACCOUNT' })).rejects.toMatchObject({
      code: 'credentials_unreadable',
      message: expect.stringContaining('CONCIERGE_TEST_ACCOUNT'),
    })
  })

  it('opens an encrypted key by its passphrase', async () => {
    const options = {
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'open sesame',
    } as const
    write(serviceAccountFile({ private_key: keys.rsa.privateKey.export(options) }))
    await expect(serviceAccount({ keyFile: path })).rejects.toMatchObject({
      code: 'key_unusable',
      format: 'encrypted_pkcs8',
    })
    const account = await serviceAccount({
      keyFile: path,
      passphrase: 'open sesame',
      runtime: server.runtime,
    })
    await account.getAccessToken()
    expect(server.assertions()).toHaveLength(1)
  })
})

describe('G04: a key file that changes', () => {
  const rotated = serviceAccountFile({
    private_key_id: 'key-2',
    private_key: pemOf(keys.otherRsa.privateKey),
  })
  const kids = () => server.assertions().map(({ header }) => header.kid)

  it('is read again before the next exchange', async () => {
    const account = await serviceAccount({ keyFile: path, runtime: server.runtime })
    await account.getAccessToken()
    write(rotated)
    await server.clock.advance(3_600)
    await account.getAccessToken()
    expect(kids()).toEqual(['key-1', 'key-2'])
  })

  it('is read again when it is swapped by link, as volumes of secrets are', async () => {
    mkdirSync(join(folder, 'v1'))
    mkdirSync(join(folder, 'v2'))
    writeFileSync(join(folder, 'v1/sa.json'), JSON.stringify(serviceAccountFile()), { mode: 0o600 })
    writeFileSync(join(folder, 'v2/sa.json'), JSON.stringify(rotated), { mode: 0o600 })
    symlinkSync('v1', join(folder, 'data'))
    const account = await serviceAccount({ keyFile: join(folder, 'data/sa.json'), runtime: server.runtime })
    await account.getAccessToken()
    symlinkSync('v2', join(folder, 'new'))
    renameSync(join(folder, 'new'), join(folder, 'data'))
    await server.clock.advance(3_600)
    await account.getAccessToken()
    expect(kids()).toEqual(['key-1', 'key-2'])
  })

  it('is not read again while it stays', async () => {
    const reader = keyFile(path)
    await reader.read()
    await expect(reader.hasChanged?.()).resolves.toBe(false)
  })

  it('and is gone, or broken, for a moment, does not hide what the server says', async () => {
    const account = await serviceAccount({ keyFile: path, runtime: server.runtime })
    rmSync(path)
    server.next(refusal('invalid_grant'))
    await expect(account.getAccessToken()).rejects.toMatchObject({ code: 'assertion_refused' })
    await expect(account.getAccessToken()).resolves.toEqual(expect.any(String))
  })
})

describe('G12: the file of a key', () => {
  it('that others can read is warned of, once', async () => {
    write(serviceAccountFile(), 0o644)
    const reader = keyFile(path, { warn })
    await reader.read()
    await reader.read()
    expect(warnings.splice(0)).toEqual([expect.stringContaining(`${path} holds a private key`)])
  })

  it.each([0o644, 0o640])('that others can read (%o) is refused where strict', async (mode) => {
    write(serviceAccountFile(), mode)
    await expect(keyFile(path, { strict: true, warn }).read()).rejects.toMatchObject({
      code: 'credentials_unreadable',
    })
  })

  it.each([0o666, 0o620, 0o602])('that others can write (%o) is refused', async (mode) => {
    write(serviceAccountFile(), mode)
    await expect(keyFile(path, { warn }).read()).rejects.toMatchObject({
      message: expect.stringContaining('can write it'),
    })
  })

  it('that is a link is taken, but not where strict', async () => {
    const link = join(folder, 'link.json')
    symlinkSync(path, link)
    await expect(keyFile(link).read()).resolves.toContain('service_account')
    await expect(keyFile(link, { strict: true }).read()).rejects.toMatchObject({
      message: expect.stringContaining('it is a link'),
    })
  })

  it('that is a directory, or not there, or a device is refused', async () => {
    await expect(keyFile(folder).read()).rejects.toMatchObject({
      message: expect.stringContaining('directory'),
    })
    await expect(keyFile(join(folder, 'none')).read()).rejects.toMatchObject({
      message: expect.stringContaining('ENOENT'),
    })
    await expect(keyFile('/dev/zero').read()).rejects.toMatchObject({
      message: expect.stringContaining('no regular file'),
    })
  })

  it('that is a pipe keeps nobody waiting', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    await expect(keyFile(pipe).read()).rejects.toMatchObject({
      message: expect.stringContaining('no regular file'),
    })
  })

  it('that has 50 MB is not read', async () => {
    write(Buffer.alloc(50_000_000, 0x20))
    await expect(keyFile(path).read()).rejects.toMatchObject({
      message: expect.stringContaining('more than 1048576 bytes'),
    })
  })

  it('in DER is taken, and PKCS#12 is named', async () => {
    write(keys.ec.privateKey.export({ type: 'pkcs8', format: 'der' }))
    const options = {
      keyFile: path,
      issuer: 'https://id.example',
      clientId: 'robot',
      runtime: server.runtime,
    }
    await (await serviceAccount(options)).getAccessToken()
    expect(server.assertions()[0]?.header.alg).toBe('ES256')
    write(
      Buffer.concat([Buffer.from('3081c0020103', 'hex'), Buffer.from('3081ba', 'hex'), Buffer.alloc(0xba)]),
    )
    await expect(serviceAccount(options)).rejects.toMatchObject({ code: 'key_unusable', format: 'pkcs12' })
  })
})

describe('the token of a workload', () => {
  it.each([
    ['as it is', undefined, 'from-file\n', 'from-file\n'],
    ['in JSON', 'token', '{"token":"from-file"}', 'from-file'],
  ])('is read from a file %s, whatever its mode', async (_, field, content, expected) => {
    write(content, 0o666)
    await expect(tokenFromFile(path, field ? { field } : {}).read()).resolves.toBe(expected)
  })

  it('is read from a variable', async () => {
    process.env['CONCIERGE_TEST_TOKEN'] = 'from-variable'
    await expect(tokenFromEnvironment('CONCIERGE_TEST_TOKEN').read()).resolves.toBe('from-variable')
    process.env['CONCIERGE_TEST_TOKEN'] = ' '
    await expect(tokenFromEnvironment('CONCIERGE_TEST_TOKEN').read()).rejects.toMatchObject({
      message: expect.stringContaining('is empty'),
    })
    delete process.env['CONCIERGE_TEST_TOKEN']
    await expect(environment('CONCIERGE_TEST_TOKEN').read()).rejects.toMatchObject({
      code: 'credentials_unreadable',
    })
  })

  it('is fetched in a GitHub Actions job', async () => {
    process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] = 'https://actions.example/token?api-version=2'
    process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] = 'request-token'
    server.on('https://actions.example/token', ({ url, headers }) =>
      json({ value: `${headers.get('authorization')} ${new URL(url).search}` }),
    )
    const token = githubActionsToken({ audience: 'https://id.example', runtime: server.runtime })
    await expect(token.read()).resolves.toBe(
      'Bearer request-token ?api-version=2&audience=https%3A%2F%2Fid.example',
    )
    delete process.env['ACTIONS_ID_TOKEN_REQUEST_URL']
    delete process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']
  })
})

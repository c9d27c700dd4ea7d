import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReferenceServer, type ReferenceServer } from '@oauth-concierge/reference-server'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { now, type Outcome, run, type Surroundings } from '../terminal.test-support.ts'

const issuer = 'https://id.example.com'
const secret = 'secret-canary'

let folder: string
let keyFile: string
let server: ReferenceServer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concierge-cli-'))
  keyFile = join(folder, 'sa.json')
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const kid = 'key-1'
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'ES256' }
  writeFileSync(keyFile, JSON.stringify({ client_id: 'robot', issuer, jwk }), { mode: 0o600 })
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }] }
  server = createReferenceServer({
    issuer,
    clock: () => now,
    scopes: { 'orders.read': 'See orders' },
    clients: [
      { clientId: 'robot', jwks, serviceAccount: { actsFor: ['ada'] } },
      { clientId: 'signer', jwks, grantTypes: ['client_credentials'] },
      { clientId: 'backend', clientSecret: secret, grantTypes: ['client_credentials'] },
    ],
  })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const token = (argv: readonly string[], more: Surroundings = {}): Promise<Outcome> =>
  run(['token', ...argv], { server, ...more })
const byKey = (...argv: readonly string[]) => token(['--key-file', keyFile, ...argv])
const asBackend = ['--issuer', issuer, '--client-id', 'backend']

describe('concierge token', () => {
  it('prints the token of a service account and nothing else', async () => {
    const { code, output, errors } = await byKey('--scope', 'orders.read')
    expect([code, errors]).toEqual([0, ''])
    expect(output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(decodeJwt(output)).toMatchObject({ sub: 'robot', scope: 'orders.read' })
  })

  it('as a header, and as JSON', async () => {
    expect((await byKey('--header')).output).toMatch(/^Authorization: Bearer [\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(JSON.parse((await byKey('--json', '--scope', 'orders.read')).output)).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3_600,
      expires_at: '2027-01-15T09:00:00Z',
      scope: 'orders.read',
    })
  })

  it('for a user, an audience by its address', async () => {
    const { output } = await byKey('--subject', 'ada', '--resource', 'https://api.example.com')
    expect(decodeJwt(output)).toMatchObject({ sub: 'ada', aud: 'https://api.example.com' })
  })

  it('by a file that others can read, and says so beside it', async () => {
    chmodSync(keyFile, 0o644)
    const { code, output, errors } = await byKey()
    expect([code, decodeJwt(output).sub]).toEqual([0, 'robot'])
    expect(errors).toMatch(/^Warning: .*chmod 600\.\n$/)
  })

  it('by credentials in a variable', async () => {
    process.env['CONCIERGE_CLI_TEST'] = keyFile
    const { output } = await token(['--env', 'CONCIERGE_CLI_TEST'])
    delete process.env['CONCIERGE_CLI_TEST']
    expect(decodeJwt(output).sub).toBe('robot')
  })

  it("by a client's key", async () => {
    const asSigner = ['--issuer', issuer, '--client-id', 'signer']
    const { output } = await byKey('--grant', 'client-credentials', ...asSigner)
    expect(decodeJwt(output).sub).toBe('signer')
  })

  it("by a client's secret, from the environment or standard input", async () => {
    const env = { CONCIERGE_CLIENT_SECRET: secret }
    expect(decodeJwt((await token(asBackend, { env })).output).sub).toBe('backend')
    const piped = await token([...asBackend, '--client-secret', '-'], { input: `${secret}\n` })
    expect(decodeJwt(piped.output).sub).toBe('backend')
  })

  it('at a server without metadata', async () => {
    const argv = ['--token-endpoint', `${issuer}/token`, '--client-id', 'backend']
    const { output } = await token(argv, { env: { CONCIERGE_CLIENT_SECRET: secret } })
    expect(decodeJwt(output).sub).toBe('backend')
    expect(server.ledger.count({ endpoint: 'discovery' })).toBe(0)
  })

  it.each([['--client-secret', secret], [`--client-secret=${secret}`]])(
    'takes no secret from the command line, and does not repeat it: %s',
    async (...argv) => {
      for (const flags of [[], ['--json']]) {
        const { code, output, errors } = await token([...asBackend, ...argv, ...flags])
        expect([code, output]).toEqual([2, ''])
        expect(errors).toContain('CONCIERGE_CLIENT_SECRET')
        expect(errors).not.toContain(secret)
      }
    },
  )

  it.each<[string, readonly string[], number, string]>([
    ['nobody', [], 2, 'Nothing says whose token it is'],
    ['a client without a secret', asBackend, 2, 'There is no secret'],
    ['a secret that is not there', [...asBackend, '--client-secret', '-'], 2, 'nothing on standard input'],
    ['two credentials', ['--key-file', 'a', '--env', 'B'], 2, 'exclude each other'],
    ['two forms', ['--key-file', 'a', '--header', '--json'], 2, 'exclude each other'],
    ['a grant that there is not', ['--key-file', 'a', '--grant', 'password'], 2, '--grant is'],
    ['a subject without a key', [...asBackend, '--subject', 'ada'], 2, '--subject needs'],
    ['no server', ['--client-id', 'x', '--client-secret', '-'], 2, '--issuer is missing'],
    ['a file that is not there', ['--key-file', '/nowhere'], 3, 'ENOENT'],
    ['a variable that is not there', ['--env', 'CONCIERGE_NOWHERE'], 3, 'is not set'],
    ['a login that is not there', [...asBackend, '--store', '/tmp/concierge-nowhere'], 5, 'login_required'],
  ])('says what is wrong with %s', async (_, argv, expected, message) => {
    const input = argv[1] === 'x' ? 'secret' : ''
    const { code, output, errors } = await token(argv, { input })
    expect([code, output]).toEqual([expected, ''])
    expect(errors).toContain(message)
  })

  it('tells a refusal from a server that is away', async () => {
    const env = { CONCIERGE_CLIENT_SECRET: 'another-canary' }
    const refused = await token(asBackend, { env })
    expect(refused.code).toBe(1)
    expect(refused.errors).toContain('request_refused')
    expect(refused.errors).toContain('What to do: ')
    expect(refused.errors).not.toContain('another-canary')
    const away = await run(['token', ...asBackend], { env: { CONCIERGE_CLIENT_SECRET: secret } })
    expect(away.code).toBe(4)
  })

  it('ends at Ctrl-C', async () => {
    const interruption = new AbortController()
    interruption.abort()
    const { code, output, errors } = await token(['--key-file', keyFile], {
      interrupted: interruption.signal,
    })
    expect([code, output, errors]).toEqual([130, '', ''])
  })
})

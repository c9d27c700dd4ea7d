import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createTestServer, type TestServer } from '@oauth-concierge/reference-server/node'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const concierge = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const canary = 'canary-of-the-command-line'
const escape = String.fromCharCode(27)

let folder: string
let server: TestServer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concierge-cli-'))
  server = await createTestServer({
    pollingInterval: 1,
    clients: [
      { clientId: 'robot', clientSecret: canary, grantTypes: ['client_credentials'] },
      {
        clientId: 'cli',
        redirectUris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
        grantTypes: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      },
    ],
  })
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
  /** What others on the machine could read of it while it ran. */
  readonly commandLine: string
}

interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly ended: Promise<Ended>
  /** Resolves with the first match in what it said on standard error, or on standard output. */
  says(pattern: RegExp): Promise<string>
}

function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [concierge, ...argv], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
  })
  const said = { output: '', errors: '' }
  const commandLine = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')
  child.stdout.on('data', (data: Buffer) => (said.output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (said.errors += data.toString()))
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => resolve({ code, ...said, commandLine })),
  )
  return {
    child,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const [, found] = pattern.exec(said.errors) ?? pattern.exec(said.output) ?? []
          if (found !== undefined) resolve(found)
        }
        child.stdout.on('data', look)
        child.stderr.on('data', look)
        void ended.then(({ errors }) => reject(new Error(`It ended before it said ${pattern}: ${errors}`)))
        look()
      }),
  }
}

function run(argv: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const { child, ended } = start(argv, env)
  child.stdin.end(input)
  return ended
}

const asRobot = (): readonly string[] => ['token', '--issuer', server.url, '--client-id', 'robot']
const asUser = (): readonly string[] => ['--issuer', server.url, '--client-id', 'cli']

describe('the built command', () => {
  it('gets a token that another of it verifies, through a pipe', async () => {
    const got = await run(asRobot(), '', { CONCIERGE_CLIENT_SECRET: canary })
    expect([got.code, got.errors]).toEqual([0, ''])
    const verified = await run(['decode', '-', '--verify', '--issuer', server.url], got.output)
    expect([verified.code, verified.errors]).toEqual([0, ''])
    expect(verified.output).toContain('Verified: ')
    expect(verified.output).not.toContain(escape)
  })

  it('shows a secret to nobody: not on its command line, not in what it says', async () => {
    const runs = [
      run(asRobot(), '', { CONCIERGE_CLIENT_SECRET: canary }),
      run([...asRobot(), '--client-secret', '-'], canary),
      run([...asRobot(), '--client-secret', '-', '--json'], `${canary}x`),
      run([...asRobot(), '--scope', 'unknown'], '', { CONCIERGE_CLIENT_SECRET: canary }),
    ]
    const ended = await Promise.all(runs)
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 1, 1])
    expect(JSON.stringify(ended)).not.toContain(canary)
  })

  it.each<[string, number, () => readonly string[]]>([
    ['help', 0, () => ['--help']],
    ['no command', 2, () => []],
    ['an unknown option', 2, () => ['decode', '--no']],
    ['a file that is not there', 3, () => ['keys', 'inspect', join(folder, 'none')]],
    ['nobody there', 4, () => ['decode', 'e30.e30.c2ln', '--verify', '--issuer', 'http://127.0.0.1:1']],
    ['no login', 5, () => ['token', ...asUser(), '--store', join(folder, 'tokens')]],
  ])('ends with %s', async (_, expected, argv) => {
    const { code, output, errors } = await run(argv())
    expect(code).toBe(expected)
    expect(output + errors).not.toContain(escape)
    expect(errors === '').toBe(expected === 0 || argv().length === 0)
  })

  it('minds neither a reader that has seen enough nor an early end', async () => {
    const line = `"${process.execPath}" "${concierge}" --help | head -n 1`
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) =>
      execFile('sh', ['-c', line], (_, stdout, stderr) => resolve({ stdout, stderr })),
    )
    expect([stdout.split('\n').length, stderr]).toEqual([2, ''])
  })

  it('makes a key that the server takes', async () => {
    const file = join(folder, 'robot.json')
    const { code, output, errors } = await run(['keys', 'generate', '--out', file, '--json'])
    expect([code, errors]).toEqual([0, expect.stringContaining(file)])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const grantTypes = ['client_credentials']
    const clients = [{ clientId: 'signer', grantTypes, jwks: { keys: [JSON.parse(output)] } }]
    await using taking = await createTestServer({ clients })
    const argv = ['--key-file', file, '--grant', 'client-credentials', '--issuer', taking.url]
    const got = await run(['token', ...argv, '--client-id', 'signer'])
    expect(decodeJwt(got.output).sub).toBe('signer')
  })

  it('serves until it is interrupted', async () => {
    const { says, child, ended } = start(['serve', '--port', '0', '--dialect', 'authn', '--json'])
    const offer = JSON.parse(await says(/^(\{.*\})\n/)) as { readonly dialect: string; readonly url: string }
    expect(offer.dialect).toBe('authn')
    expect((await fetch(`${offer.url}/nothing`)).status).toBe(404)
    child.kill('SIGINT')
    expect((await ended).code).toBe(0)
    expect((await run(['serve', '--dialect', 'none'])).code).toBe(2)
  })
})

describe('concierge login', () => {
  const storedFiles = (): readonly string[] =>
    readdirSync(join(folder, 'tokens')).filter((file) => file.endsWith('.json'))

  it('by the browser keeps the login, and "token" goes on with it', async () => {
    const store = ['--store', join(folder, 'tokens')]
    const { says, ended } = start(['login', ...asUser(), '--no-browser', ...store])
    const url = await server.signIn({ url: await says(/(http:\S+\/authorize\S*)/) })
    expect((await fetch(url)).status).toBe(200)
    const { code, output, errors } = await ended
    expect(code).toBe(0)
    expect(output).toContain('Logged in as ')
    expect(output + errors).not.toMatch(/eyJ/)
    expect(storedFiles()).toHaveLength(1)
    for (const file of storedFiles()) expect(statSync(join(folder, 'tokens', file)).mode & 0o777).toBe(0o600)
    const got = await run(['token', ...asUser(), ...store])
    expect(decodeJwt(got.output).sub).toBe('ada')
    expect((await run(['logout', ...asUser(), ...store])).output).toBe('Logged out.\n')
    expect(
      storedFiles()
        .map((file) => readFileSync(join(folder, 'tokens', file), 'utf8'))
        .join(),
    ).not.toMatch(/eyJ/)
    expect(server.ledger.count({ endpoint: 'revoke' })).toBeGreaterThan(0)
    expect((await run(['token', ...asUser(), ...store])).code).toBe(5)
    expect((await run(['logout', ...asUser(), ...store])).output).toBe('Nobody was logged in.\n')
  })

  it('by another device', async () => {
    const { says, ended } = start(['login', ...asUser(), '--device', '--json', '--show'])
    server.approveDevice({ userCode: await says(/type in\s+(\S+)/) })
    const { code, output } = await ended
    expect(code).toBe(0)
    expect(JSON.parse(output)).toMatchObject({ token_type: 'Bearer', claims: { sub: 'ada' } })
    expect(decodeJwt((JSON.parse(output) as { access_token: string }).access_token).sub).toBe('ada')
  })

  it('that is denied, or interrupted, says so', async () => {
    const denied = start(['login', ...asUser(), '--device'])
    server.approveDevice({ userCode: await denied.says(/type in\s+(\S+)/), decision: 'deny' })
    expect(await denied.ended).toMatchObject({ code: 1, errors: expect.stringContaining('access_denied') })
    const left = start(['login', ...asUser(), '--device', '--json'])
    await left.says(/type in\s+(\S+)/)
    left.child.kill('SIGINT')
    expect(await left.ended).toMatchObject({ code: 130, output: '' })
  })

  it('shows no token without --show, and says that none was kept', async () => {
    const { says, ended } = start(['login', ...asUser(), '--device', '--json'])
    server.approveDevice({ userCode: await says(/type in\s+(\S+)/) })
    const { output, errors } = await ended
    expect(output + errors).not.toMatch(/eyJ|access_token/)
    expect(errors).toContain('were not kept')
  })
})

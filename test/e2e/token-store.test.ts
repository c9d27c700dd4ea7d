import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { createTestServer } from '@oauth-concierge/reference-server/node'
import { fileTokenStore, deviceLogin } from '@oauth-concierge/service-account/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('support/token-store-process.ts', import.meta.url))

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concierge-processes-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Outcome {
  readonly code: number | null
  readonly lines: readonly string[]
}

/** Another process, which does one of the things that the program can do. */
function start(
  role: string,
  settings: object = {},
): { readonly pid: number; readonly outcome: Promise<Outcome>; kill(): void; line(): Promise<string> } {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, program, role, JSON.stringify({ folder, ...settings })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const outcome = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    lines: text.split('\n').filter(Boolean),
  }))
  return {
    pid: child.pid ?? 0,
    outcome,
    kill: () => void child.kill('SIGKILL'),
    line: async () => {
      while (!text.includes('\n')) await once(child.stdout, 'data')
      return text
    },
  }
}

describe('a file store that processes share', () => {
  it('lets one process at a time do what is not done in one step', async () => {
    writeFileSync(join(folder, 'counter'), '0')
    const children = Array.from({ length: 6 }, () => start('count', { rounds: 25 }))
    const outcomes = await Promise.all(children.map(({ outcome }) => outcome))
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0])
    expect(readFileSync(join(folder, 'counter'), 'utf8')).toBe('150')
  })

  it('is not held for ever by a process that was killed', async () => {
    writeFileSync(join(folder, 'counter'), '0')
    const holder = start('hold')
    await holder.line()
    const waiting = start('count', { rounds: 3 })
    holder.kill()
    await holder.outcome
    await expect(waiting.outcome).resolves.toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'counter'), 'utf8')).toBe('3')
  })

  it('loses no write of several processes to one key', async () => {
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => start('add', { rounds: 20 }).outcome))
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
    await expect(fileTokenStore(folder).get('sum')).resolves.toMatchObject({ value: 100 })
  })

  it('makes one exchange of those of six processes and two threads', async () => {
    const clients = [
      { clientId: 'daemon', clientSecret: 'secret', grantTypes: ['client_credentials'], redirectUris: [] },
    ]
    await using server = await createTestServer({ clients, scopes: { 'orders.read': 'Read' } })
    const settings = { issuer: server.issuer }
    const processes = Array.from({ length: 6 }, () => start('token', settings).outcome)
    const threads = Array.from({ length: 2 }, async () => {
      const worker = new Worker(program, {
        argv: ['token', JSON.stringify({ folder, ...settings })],
        stdout: true,
      })
      let text = ''
      worker.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
      await once(worker, 'exit')
      return text.trim()
    })
    const tokens = (await Promise.all(processes)).map(({ lines }) => lines[0])
    expect(new Set([...tokens, ...(await Promise.all(threads))]).size).toBe(1)
    expect(server.ledger.count({ endpoint: 'token' })).toBe(1)
  })

  it('refreshes once for six processes, though each refresh token is good for one use', async () => {
    const grantTypes = ['refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']
    await using server = await createTestServer({
      clients: [{ clientId: 'tool', grantTypes }],
      refreshTokenRotation: 'strict',
      pollingInterval: 1,
    })
    const login = deviceLogin({
      issuer: server.issuer,
      clientId: 'tool',
      scope: 'openid offline_access',
      store: fileTokenStore(folder),
      prompt: ({ userCode }) => server.approveDevice({ userCode }),
    })
    const first = await login.getAccessToken()
    server.clock.advance(7_200)
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => start('refreshed', { issuer: server.issuer, later: 7_200 }).outcome),
    )
    const tokens = new Set(outcomes.map(({ lines }) => lines[0]))
    expect(tokens.size).toBe(1)
    expect(tokens).not.toContain(first)
    server.assert.tokenRequests({ count: 1, grantType: 'refresh_token' })
    server.assert.noRefreshTokenReused()
    server.assert.noFamilyRevoked()
  })
})

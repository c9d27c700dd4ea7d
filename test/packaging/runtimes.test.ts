import { spawn, spawnSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { createTestServer, type TestServer } from '@oauth-concierge/reference-server/node'
import { build, type BuildResult, type Metafile } from 'esbuild'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustHavePrograms } from '../../tools/ensure-programs.ts'
import { ada, contractBff } from '../contract/servers/contract-server.ts'
import type { Given } from '../runtimes/prove.ts'
import { root } from './tarballs.ts'

const folder = join(root, 'test/runtimes')
const programs = {
  bun: join(folder, 'node_modules/@oven/bun-linux-x64-baseline/bin/bun'),
  deno: join(folder, 'node_modules/@deno/linux-x64-glibc/deno'),
  workerd: join(folder, 'node_modules/@cloudflare/workerd-linux-64/bin/workerd'),
}

/** The runtimes are a workspace of their own, which is installed here and nowhere else. */
function installRuntimes(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') return
  const pnpm = process.env['npm_execpath'] ?? 'pnpm'
  spawnSync(pnpm, ['install', '--frozen-lockfile', '--reporter=silent'], { cwd: folder, stdio: 'ignore' })
}

if (!Object.values(programs).every((path) => existsSync(path))) installRuntimes()
const missing = Object.entries(programs).filter(([, path]) => !existsSync(path))
const skipped = (name: keyof typeof programs): boolean =>
  missing.some(([other]) => other === name) && !mustHavePrograms()
for (const [name] of missing)
  console.warn(`Not here, so not run: ${name}. Install it in test/runtimes (Linux on x64).`)

let server: TestServer
let place: string
let given: Given

const pem = (key: KeyObject, type: string): string =>
  key.export({ type: type as 'pkcs8', format: 'pem' }) as string

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'concierge-runtimes-'))
  const pairs = {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ed: generateKeyPairSync('ed25519'),
  }
  const algs = { rsa: 'RS256', ec: 'ES256', ed: 'EdDSA' }
  const keys = await Promise.all(
    Object.entries(pairs).map(async ([kid, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg: algs[kid as 'rsa'],
    })),
  )
  const grantTypes = ['client_credentials', 'urn:ietf:params:oauth:grant-type:jwt-bearer']
  const clients = [
    { clientId: 'robot', jwks: { keys }, grantTypes, serviceAccount: { email: 'robot@example.com' } },
  ]
  const { clientId, clientSecret, redirectUri } = contractBff
  server = await createTestServer({
    clients: [...clients, { clientId, clientSecret, redirectUris: [redirectUri], skipConsent: true }],
    users: [{ ...ada, claims: { sub: 'ada' } }],
    scopes: { 'orders.read': 'Read' },
  })
  const { rsa, ec, ed } = pairs
  given = {
    issuer: server.issuer,
    file: {
      type: 'service_account',
      client_email: 'robot@example.com',
      client_id: 'robot',
      private_key_id: 'rsa',
      private_key: pem(rsa.privateKey, 'pkcs1'),
    },
    keys: {
      sec1: { pem: pem(ec.privateKey, 'sec1'), kid: 'ec' },
      pkcs8: { pem: pem(ec.privateKey, 'pkcs8'), kid: 'ec' },
      ed25519: { pem: pem(ed.privateKey, 'pkcs8'), kid: 'ed' },
    },
    encrypted: ec.privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    }) as string,
  }
})

afterAll(async () => {
  await server?.close()
  rmSync(place, { recursive: true, force: true })
})

/** The proof and all that it imports as one file; by the main entry without anything of Node's. */
function bundle(entry: string): Promise<BuildResult<{ metafile: true }>> {
  const outfile = join(place, entry.replace('.ts', '.js'))
  const files = { keyFile: join(place, 'sa.json'), store: join(place, 'tokens') }
  writeFileSync(files.keyFile, JSON.stringify(given.file), { mode: 0o600 })
  const define = { given: JSON.stringify({ ...given, ...files }) }
  return build({
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    metafile: true,
    entryPoints: [join(folder, entry)],
    outfile,
    define,
    external: entry.includes('with-files') ? ['node:*'] : [],
    logLevel: 'error',
  })
}

function importsOfNode({ inputs }: Metafile): readonly string[] {
  const imports = Object.values(inputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  return imports.filter((path) => /^node:|^(fs|crypto|http|https|path|os)$/.test(path))
}

const expected = {
  file: 'one token for 100 callers',
  sec1: 'one token for 100 callers',
  pkcs8: 'one token for 100 callers',
  ed25519: 'one token for 100 callers',
  fetch: '200',
  encrypted: 'key_unusable',
}

/** Runs a bundled program, and gives what it printed. */
async function run(program: string, command: string, ...args: readonly string[]): Promise<unknown> {
  await bundle(`${program}.ts`)
  const child = spawn(command, [...args, join(place, `${program}.js`)], {
    env: { HOME: place, PATH: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { out: '', error: '' }
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (texts.error += chunk.toString()))
  const [code] = await once(child, 'close')
  expect({ code, error: texts.error }).toEqual({ code: 0, error: '' })
  return JSON.parse(texts.out)
}

describe('the main entry of service-account', () => {
  it('imports nothing of Node', async () => {
    const { metafile } = await bundle('command.ts')
    expect(Object.keys(metafile.inputs).some((file) => file.includes('packages/service-account/'))).toBe(true)
    expect(importsOfNode(metafile)).toEqual([])
  })

  it('gets tokens in Node', async () => {
    await expect(run('command', process.execPath)).resolves.toEqual(expected)
  })

  it.skipIf(skipped('bun'))('gets tokens in Bun', async () => {
    await expect(run('command', programs.bun)).resolves.toEqual(expected)
  })

  it.skipIf(skipped('deno'))(
    'gets tokens in Deno, which lets it reach the server and nothing else',
    async () => {
      const allowed = `--allow-net=${new URL(server.issuer).host}`
      await expect(
        run('command', programs.deno, 'run', '--no-config', '--no-prompt', allowed),
      ).resolves.toEqual(expected)
    },
  )

  it.skipIf(skipped('workerd'))('gets tokens in workerd', async () => {
    await bundle('worker.ts')
    copyFileSync(join(folder, 'config.capnp'), join(place, 'config.capnp'))
    const child = spawn(programs.workerd, ['serve', join(place, 'config.capnp'), '--control-fd=3'], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    })
    try {
      const [line] = (await once(child.stdio[3] as Readable, 'data')) as [Buffer]
      const { port } = JSON.parse(line.toString()) as { port: number }
      const response = await fetch(`http://127.0.0.1:${port}/`)
      await expect(response.json()).resolves.toEqual(expected)
    } finally {
      child.kill()
    }
  })
})

describe('the entry ./node of service-account', () => {
  const withFiles = { tokens: 1, status: 200 }

  it('gets tokens in Node', async () => {
    await expect(run('command-with-files', process.execPath)).resolves.toEqual(withFiles)
  })

  it.skipIf(skipped('bun'))('gets tokens in Bun', async () => {
    await expect(run('command-with-files', programs.bun)).resolves.toEqual(withFiles)
  })

  it.skipIf(skipped('deno'))('gets tokens in Deno', async () => {
    const allowed = [
      '--allow-net',
      '--allow-read',
      '--allow-write',
      '--allow-sys',
      '--allow-env',
      '--allow-run',
    ]
    const running = run('command-with-files', programs.deno, 'run', '--no-config', '--no-prompt', ...allowed)
    await expect(running).resolves.toEqual(withFiles)
  })
})

describe('a BFF', () => {
  const session = {
    callback: [303, '/orders'],
    user: 'ada',
    api: 200,
    logout: 200,
    after: 'anonymous',
  }
  const both = { memory: session, cookies: session }

  it('imports nothing of Node by its main entry', async () => {
    const { metafile } = await bundle('bff.ts')
    expect(Object.keys(metafile.inputs).some((file) => file.includes('packages/bff/'))).toBe(true)
    expect(importsOfNode(metafile)).toEqual([])
  })

  it('takes a user through a session in Node', async () => {
    await expect(run('bff', process.execPath)).resolves.toEqual(both)
  })

  it.skipIf(skipped('bun'))('takes a user through a session in Bun', async () => {
    await expect(run('bff', programs.bun)).resolves.toEqual(both)
  })

  it.skipIf(skipped('deno'))('takes a user through a session in Deno', async () => {
    const allowed = `--allow-net=${new URL(server.issuer).host}`
    const running = run('bff', programs.deno, 'run', '--no-config', '--no-prompt', allowed)
    await expect(running).resolves.toEqual(both)
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createTestServer } from '../node/create-test-server.ts'
import { faultCatalogue } from '../faults.ts'
import { runCommand } from './run-command.ts'

/** Runs the command; `visit` is called with what it printed once the server is up, and then the server ends. */
async function run(
  argv: readonly string[],
  visit: (printed: string) => Promise<void> = async () => undefined,
) {
  const output = { text: '', errors: '' }
  let stop = (): void => undefined
  const stopped = new Promise<void>((resolve) => (stop = resolve))
  let visited = Promise.resolve()
  const code = await runCommand(argv, {
    stopped,
    write(text) {
      output.text += text
      visited = visit(text).finally(() => stop())
    },
    writeError: (text) => void (output.errors += text),
  })
  await visited
  return { code, ...output }
}

interface Offer {
  readonly url: string
  readonly endpoints: Record<string, string>
}

describe('the command', () => {
  test('prints what it offers as JSON, serves, and ends', async () => {
    let url = ''
    const { code, text } = await run(['--port', '0', '--json'], async (printed) => {
      const offer = JSON.parse(printed) as Offer
      url = offer.endpoints['jwks'] ?? ''
      expect((await fetch(url)).status).toBe(200)
    })
    expect(code).toBe(0)
    expect(JSON.parse(text)).toMatchObject({
      dialect: 'standard',
      refreshTokenRotation: 'strict',
      signingAlg: 'ES256',
      users: [{ username: 'ada', password: 'password' }],
      clients: [{ clientId: 'spa', grantTypes: ['authorization_code', 'refresh_token'] }],
      faults: [],
    })
    expect(text.endsWith('}\n')).toBe(true)
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('prints it as text', async () => {
    const args = ['--port=0', '--rotation=grace:10', '--alg=EdDSA', '--fault', 'token.html_200:2']
    const { code, text } = await run(args)
    expect(code).toBe(0)
    expect(text).toMatch(/issuer {10}http:\/\/127\.0\.0\.1:\d+\n/)
    for (const part of [
      'grace:10',
      'EdDSA',
      'ada  password',
      'spa  public',
      'token.html_200:2',
      '/token\n',
    ]) {
      expect(text).toContain(part)
    }
    expect(text).not.toMatch(/[ \t]\n/)
  })

  test('makes the same keys by the same seed, and goes by another name', async () => {
    const keys: unknown[] = []
    for (let count = 0; count < 2; count++) {
      await run(['--port=0', '--json', '--seed=one'], async (printed) => {
        const { endpoints } = JSON.parse(printed) as Offer
        keys.push(await (await fetch(endpoints['jwks'] ?? '')).json())
      })
    }
    expect(keys[1]).toEqual(keys[0])
    let text = ''
    const terminal = { write: (part: string) => void (text += part), writeError: () => undefined }
    await runCommand(['--help'], { ...terminal, name: 'concierge serve', stopped: Promise.resolve() })
    expect(text).toContain('Usage: concierge serve [options]')
    expect(text).not.toContain('oauth-reference-server')
  })

  test('switches faults on', async () => {
    await run(['--port=0', '--json', '--fault=jwks.unavailable:2'], async (printed) => {
      const { endpoints } = JSON.parse(printed) as Offer
      const statuses: number[] = []
      for (let count = 0; count < 3; count++) statuses.push((await fetch(endpoints['jwks'] ?? '')).status)
      expect(statuses).toEqual([503, 503, 200])
    })
  })

  test('reads clients and users from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reference-server-'))
    const file = join(folder, 'server.json')
    const clients = [{ clientId: 'web', clientSecret: 'secret', redirectUris: ['https://web.example/cb'] }]
    writeFileSync(file, JSON.stringify({ clients, users: [{ username: 'grace', password: 'x' }] }))
    const { text } = await run(['--port=0', '--json', '--config', file])
    expect(JSON.parse(text)).toMatchObject({ clients, users: [{ username: 'grace' }] })
    writeFileSync(file, '[]')
    expect((await run(['--config', file])).code).toBe(2)
    rmSync(folder, { recursive: true })
  })

  test('--help shows the options and examples; --list-faults every fault', async () => {
    const shown = await run(['--help'])
    expect(shown.code).toBe(0)
    expect(shown.text).toContain('--dialect <name>')
    expect(shown.text).toContain('Examples:')
    const listed = await run(['--list-faults'])
    for (const { name, description } of faultCatalogue) {
      expect(listed.text).toContain(name)
      expect(listed.text).toContain(description)
    }
    expect(JSON.parse((await run(['--list-faults', '--json'])).text)).toEqual(faultCatalogue)
  })
})

describe('the command refuses', () => {
  test.each([
    [['--dialect', 'standart'], 'there is no dialect "standart"; there are: standard'],
    [['--fault', 'token.html200'], 'did you mean "token.html_200"?'],
    [['--fault', 'token.html_200:0'], 'a number from 1 on, or always'],
    [['--port', 'many'], '--port must be a number'],
    [['--port', '65536'], '--port must be a number'],
    [['--rotation', 'weekly'], '--rotation must be'],
    [['--alg', 'none'], '--alg must be one of'],
    [['--config', '/nowhere.json'], 'ENOENT'],
    [['--host', '0.0.0.0', '--port', '0'], 'loopback only'],
    [['--colour'], "Unknown option '--colour'"],
    [['serve'], 'Unexpected argument'],
  ] as const)('%j with exit code 2', async (args, message) => {
    const { code, text, errors } = await run(args)
    expect([code, text]).toEqual([2, ''])
    expect(errors).toContain(message)
    expect(errors).toContain('--help shows the options')
    expect(errors).not.toContain('.ts:')
  })

  test('a port that is taken with exit code 1', async () => {
    await using server = await createTestServer()
    const { code, errors } = await run(['--port', new URL(server.url).port])
    expect([code, errors.includes('EADDRINUSE')]).toEqual([1, true])
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReferenceServer } from '@oauth-concierge/reference-server'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { now, run, unsigned } from '../terminal.test-support.ts'

const header = { alg: 'ES256', typ: 'at+jwt', kid: 'k1' }
const claims = {
  iss: 'https://id.example.com',
  sub: 'ada',
  aud: 'https://api.example.com',
  iat: now - 60,
  exp: now + 3_540,
}

interface Decoded {
  readonly signature: string
  readonly claims: Record<string, unknown> | null
  readonly times: readonly { readonly claim: string; readonly at: string; readonly relative: string }[]
  readonly unusual: readonly { readonly code: string; readonly message: string }[]
}

async function decode(token: string): Promise<Decoded> {
  const { output } = await run(['decode', '-', '--json'], { input: token })
  return JSON.parse(output) as Decoded
}

const codesOf = async (token: string): Promise<readonly string[]> =>
  (await decode(token)).unusual.map(({ code }) => code)

describe('concierge decode', () => {
  it('shows header, claims and times, and says that nothing was verified', async () => {
    const { code, output, errors } = await run(['decode', unsigned(header, claims)])
    expect([code, errors]).toEqual([0, ''])
    expect(output).toContain('The signature was NOT verified')
    expect(output).toContain('"sub": "ada"')
    expect(output).toContain('iat  2027-01-15T07:59:00Z  1 minute ago')
    expect(output).toContain('exp  2027-01-15T08:59:00Z  in 59 minutes')
    expect(output).not.toContain('Unusual')
  })

  it.each(['  TOKEN\n', 'Bearer TOKEN', 'Authorization: Bearer TOKEN\n', '"TOKEN"', 'DPoP TOKEN'])(
    'takes it as it is copied: %j',
    async (text) => {
      const { signature, claims: read } = await decode(text.replace('TOKEN', unsigned(header, claims)))
      expect([signature, read]).toEqual(['not_verified', claims])
    },
  )

  it('shows of an encrypted one the header', async () => {
    const [part] = unsigned({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'JWT', kid: 'e' }, {}).split('.')
    const { output } = await run(['decode', `${part}..aXY.Y2lwaGVy.dGFn`])
    expect(output).toContain('"enc": "A256GCM"')
    expect(output).toContain('encrypted')
    expect(output).not.toContain('Unusual')
  })

  it.each([
    ['canary', 'one part'],
    ['a.b', 'two'],
    ['a.b.c', 'no JSON'],
    [unsigned([], {}), 'a list for a header'],
    [`${unsigned(header, claims)}.x`, 'four'],
    ['', 'nothing'],
  ])('refuses %j (%s), and repeats nothing of it', async (input) => {
    const { code, output, errors } = await run(['decode'], { input })
    expect([code, output]).toEqual([1, ''])
    expect(errors).toContain('jws_malformed')
    if (input) expect(errors).not.toContain(input)
  })

  it('lets nothing in a token touch the terminal', async () => {
    const name = '\u001b[2Jgone \u202Eevil\u009b31m\u{e0041}'
    for (const flags of [[], ['--json']]) {
      const { output } = await run(['decode', ...flags, unsigned(header, { ...claims, name })])
      expect(output).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
      expect(output).toContain('\\u202e')
    }
    expect((await decode(unsigned(header, { ...claims, name }))).claims).toMatchObject({ name })
  })
})

describe('what is unusual in a JWT:', () => {
  const without = (name: keyof typeof claims): object => ({ ...claims, [name]: undefined })

  it.each<[string, object, object]>([
    ['alg_none', { alg: 'none' }, {}],
    ['alg_none', { alg: 'nOnE' }, {}],
    ['alg_missing', { alg: undefined }, {}],
    ['alg_hmac', { alg: 'HS256' }, {}],
    ['typ_missing', { typ: undefined }, {}],
    ['typ_unknown', { typ: 'token' }, {}],
    ['kid_missing', { kid: undefined }, {}],
    ['key_in_header', { jku: 'https://evil.example' }, {}],
    ['crit', { crit: ['x'] }, {}],
    ['iss_missing', {}, without('iss')],
    ['sub_missing', {}, without('sub')],
    ['aud_missing', {}, without('aud')],
    ['exp_missing', {}, without('exp')],
    ['iat_missing', {}, without('iat')],
    ['exp_no_number', {}, { exp: String(claims.exp) }],
    ['iat_fractional', {}, { iat: claims.iat + 0.25 }],
    ['aud_several', {}, { aud: ['a', 'b'] }],
    ['aud_array', {}, { aud: ['a'] }],
    ['iss_no_https_url', {}, { iss: 'id.example.com' }],
    ['scope_array', {}, { scope: ['a'] }],
    ['expired', {}, { iat: now - 120, exp: now - 60 }],
    ['not_yet_valid', {}, { nbf: now + 60 }],
    ['issued_in_future', {}, { iat: now + 61 }],
    ['long_lived', {}, { exp: claims.iat + 86_401 }],
  ])('%s', async (code, changedHeader, changedClaims) => {
    const token = unsigned({ ...header, ...changedHeader }, { ...claims, ...changedClaims })
    expect(await codesOf(token)).toEqual([code])
    const { output } = await run(['decode', token])
    expect(output).toContain('Unusual\n  ! ')
  })

  it('milliseconds, which are read as such', async () => {
    const { unusual, times } = await decode(unsigned(header, { ...claims, exp: claims.exp * 1000 }))
    expect(unusual).toEqual([{ code: 'exp_milliseconds', message: expect.stringContaining('milliseconds') }])
    expect(times).toContainEqual({ claim: 'exp', at: '2027-01-15T08:59:00Z', relative: 'in 59 minutes' })
  })

  it('exp before iat, beside having expired', async () => {
    expect(await codesOf(unsigned(header, { ...claims, exp: claims.iat - 10 }))).toEqual([
      'expired',
      'exp_before_iat',
    ])
  })

  it('no signature', async () => {
    expect(await codesOf(unsigned(header, claims, ''))).toEqual(['signature_empty'])
  })

  it('a number that is no time shows no time', async () => {
    const { times } = await decode(unsigned(header, { ...claims, exp: 1e300 }))
    expect(times.map(({ claim }) => claim)).toEqual(['iat'])
  })
})

describe('concierge decode --verify', () => {
  const issuer = 'https://id.example.com'
  let folder: string
  let jwks: string
  let sign: (changes?: object, kid?: string) => Promise<string>

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'concierge-cli-'))
    jwks = join(folder, 'jwks.json')
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    writeFileSync(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1' }] }))
    sign = (changes = {}, kid = 'k1') =>
      new SignJWT({ ...claims, ...changes }).setProtectedHeader({ ...header, kid }).sign(privateKey)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const verify = (input: string, ...more: readonly string[]) =>
    run(['decode', '-', '--verify', '--jwks', jwks, ...more], { input })

  it('says so where all is well', async () => {
    const { code, output } = await verify(await sign(), '--issuer', issuer)
    expect(code).toBe(0)
    expect(output).toContain('Verified: signature')
    expect(output).toContain('Not looked at: whom it is for')
    expect(output).not.toContain('NOT verified')
  })

  it.each<[string, string, () => Promise<string>]>([
    ['another key', 'jws_signature_invalid', async () => flip(await sign())],
    ['a key that is not in the set', 'key_not_found', () => sign({}, 'k2')],
    ['no signature', 'jws_malformed', async () => unsigned({ alg: 'none' }, claims, '')],
    ['a MAC', 'jws_algorithm_refused', async () => unsigned({ ...header, alg: 'HS256' }, claims)],
    ['another issuer', 'id_token_claim_invalid', () => sign({ iss: 'https://evil.example' })],
    ['an end that has passed', 'id_token_claim_invalid', () => sign({ exp: now - 61 })],
    ['no end', 'id_token_claim_invalid', () => sign({ exp: undefined })],
    ['a beginning that is to come', 'id_token_claim_invalid', () => sign({ nbf: now + 61 })],
  ])('refuses %s', async (_, error, make) => {
    const { code, output, errors } = await verify(await make(), '--issuer', issuer)
    expect(code).toBe(1)
    expect(output).toMatch(/^REFUSED/)
    expect(errors).toContain(error)
  })

  it("verifies by the issuer's metadata", async () => {
    const server = createReferenceServer({
      issuer,
      clock: () => now,
      clients: [{ clientId: 'robot', clientSecret: 'secret', grantTypes: ['client_credentials'] }],
    })
    const env = { CONCIERGE_CLIENT_SECRET: 'secret' }
    const got = await run(['token', '--issuer', issuer, '--client-id', 'robot'], { server, env })
    const argv = ['decode', '--verify', '--issuer', issuer, '--json']
    const { code, output } = await run(argv, { server, input: got.output })
    expect([code, (JSON.parse(output) as Decoded).signature]).toEqual([0, 'verified'])
    await server.rotateKeys({ withdraw: true })
    expect((await run(argv, { server, input: got.output })).code).toBe(1)
    expect((await run(argv, { input: got.output })).code).toBe(4)
  })

  it.each([
    [['--verify'], 'whose keys'],
    [['--issuer', issuer], 'add --verify'],
    [['--verify', '--jwks', '/nowhere.json'], 'ENOENT'],
  ])('says how to use it: %j', async (flags, message) => {
    const { code, errors } = await run(['decode', '-', ...flags], { input: await sign() })
    expect([2, 3]).toContain(code)
    expect(errors).toContain(message)
  })
})

/** Another signature of the same length. */
function flip(token: string): string {
  const [head, body, signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return `${head}.${body}.${bytes.toString('base64url')}`
}

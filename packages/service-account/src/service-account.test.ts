import { createPublicKey } from 'node:crypto'
import { inspect } from 'node:util'
import { clientSecretPost, createMemoryKeyStore, dpop } from '@oauth-concierge/core'
import { json } from '@oauth-concierge/core/testing'
import { jwtVerify } from 'jose'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createTokenCache } from './cache/token-cache.ts'
import type { CredentialReader } from './credentials/credential-source.ts'
import { serviceAccount, type ServiceAccountOptions } from './service-account.ts'
import {
  canary,
  createTestServer,
  issuer,
  keys,
  pemOf,
  refusal,
  serviceAccountFile,
  settle,
  type TestServer,
  tokenEndpoint,
} from './test-kit.test-support.ts'

let server: TestServer

beforeEach(() => {
  server = createTestServer()
})

const account = (options: ServiceAccountOptions = {}, source: object | string = serviceAccountFile()) =>
  serviceAccount(source, { runtime: server.runtime, ...options })

/** Of a book-abiding server, where the file says no more than who and by which key. */
const byTheBook = (options: ServiceAccountOptions = {}) =>
  account({ issuer, ...options }, { client_id: 'robot', private_key: pemOf(keys.ec.privateKey), kid: 'ec-1' })

/** Credentials that a test can replace. */
function replaceable(
  content: object,
): CredentialReader & { content: object; reads: number; isChanged: boolean } {
  return {
    content,
    reads: 0,
    isChanged: false,
    place: 'the test',
    async read() {
      this.reads += 1
      this.isChanged = false
      return this.content
    },
    async hasChanged() {
      return this.isChanged
    },
  }
}

describe('the assertion of a file with a token_uri', () => {
  it('is what its server demands', async () => {
    const sync = await account({ scope: 'orders.write orders.read' })
    await expect(sync.getAccessToken()).resolves.toBe(`${canary}-token-1`)
    const now = server.clock.wallTime() / 1000
    expect(server.requests.map(({ url }) => url)).toEqual([tokenEndpoint])
    expect(server.assertions()).toEqual([
      {
        header: { alg: 'RS256', typ: 'JWT', kid: 'key-1' },
        claims: {
          iss: 'sync@project-1.iam.example',
          aud: tokenEndpoint,
          scope: 'orders.read orders.write',
          iat: now - 10,
          exp: now + 290,
          jti: expect.stringMatching(/^[\w-]{20,}$/),
        },
      },
    ])
    const [form] = server.forms()
    expect([...(form?.keys() ?? [])].sort()).toEqual(['assertion', 'grant_type'])
    await expect(
      jwtVerify(form?.get('assertion') ?? '', createPublicKey(keys.rsa.privateKey), {
        currentDate: new Date(now * 1000),
      }),
    ).resolves.toBeDefined()
  })

  it('acts for a user where it is told to', async () => {
    const sync = await account({ scope: 'orders.read', subject: 'ada@example.com' })
    await sync.getAccessToken()
    await sync.for({ subject: 'grace@example.com' }).getAccessToken()
    expect(server.assertions().map(({ claims }) => claims.sub)).toEqual([
      'ada@example.com',
      'grace@example.com',
    ])
  })

  it('goes by the book where an issuer is given', async () => {
    const sync = await account({ issuer, scope: 'orders.read' })
    await sync.getAccessToken()
    expect(server.assertions()[0]?.claims).toMatchObject({ sub: 'sync@project-1.iam.example', aud: issuer })
    expect(server.assertions()[0]?.claims).not.toHaveProperty('scope')
    expect(server.forms()[0]?.get('scope')).toBe('orders.read')
  })
})

describe('the assertion of other credentials', () => {
  it('has the issuer as its audience, and the account as its subject', async () => {
    const robot = await byTheBook({
      scope: 'orders.read',
      audience: 'orders',
      resource: 'https://api.example',
    })
    await robot.getAccessToken()
    expect(server.assertions()[0]).toMatchObject({
      header: { alg: 'ES256', kid: 'ec-1' },
      claims: { iss: 'robot', sub: 'robot', aud: issuer },
    })
    expect(Object.fromEntries(server.forms()[0] ?? [])).toMatchObject({
      scope: 'orders.read',
      audience: 'orders',
      resource: 'https://api.example',
    })
  })

  it('is what the options say', async () => {
    const assertion = {
      issuer: 'https://me.example',
      audience: 'them',
      scopeIn: 'assertion',
      claims: { tenant: 'north', iss: 'x' },
    } as const
    const robot = await byTheBook({ scope: 'a b', assertion, extraParameters: { flavour: 'vanilla' } })
    await robot.getAccessToken()
    expect(server.assertions()[0]?.claims).toMatchObject({
      iss: 'https://me.example',
      aud: 'them',
      scope: 'a b',
      tenant: 'north',
    })
    expect(server.forms()[0]?.get('flavour')).toBe('vanilla')
  })

  it.each([
    ['a JWK alone', { ...keys.ec.privateKey.export({ format: 'jwk' }), kid: 'jwk-1' }, 'jwk-1', 'ES256'],
    [
      'a set of JWKs',
      { client_id: 'robot', keys: [{ ...keys.ed.privateKey.export({ format: 'jwk' }), kid: 'ed-1' }] },
      'ed-1',
      'EdDSA',
    ],
    ['a PEM alone', pemOf(keys.ed.privateKey), 'given', 'EdDSA'],
    [
      'a file of the type serviceaccount',
      { type: 'serviceaccount', keyId: '7', key: pemOf(keys.rsa.privateKey, 'pkcs1'), userId: 'robot' },
      '7',
      'RS256',
    ],
    [
      'a file of the type application',
      {
        type: 'application',
        keyId: '8',
        key: pemOf(keys.rsa.privateKey, 'pkcs1'),
        appId: '1',
        clientId: 'robot',
      },
      '8',
      'RS256',
    ],
    ['JSON as text', JSON.stringify(serviceAccountFile()), 'key-1', 'RS256'],
    [
      'JSON in base64',
      Buffer.from(JSON.stringify(serviceAccountFile())).toString('base64'),
      'key-1',
      'RS256',
    ],
    ['JSON behind a byte order mark', `\uFEFF${JSON.stringify(serviceAccountFile())}`, 'key-1', 'RS256'],
    [
      'JSON with line ends inside the PEM',
      JSON.stringify(serviceAccountFile()).replaceAll('\\n', '\n'),
      'key-1',
      'RS256',
    ],
  ])('is made of %s', async (_, source, kid, alg) => {
    const robot = await account({ issuer, clientId: 'robot', keyId: 'given' }, source as object | string)
    await robot.getAccessToken()
    expect(server.assertions()[0]?.header).toMatchObject({ kid, alg })
  })

  it('is signed with a key service where the file has no key', async () => {
    const asked: Uint8Array[] = []
    const sign = async (data: Uint8Array) => {
      asked.push(data)
      return new Uint8Array(64)
    }
    const robot = await account(
      { issuer, keys: [{ key: { alg: 'ES256', keyId: 'kms-1', sign } }] },
      { client_id: 'robot' },
    )
    await robot.getAccessToken()
    expect(server.assertions()[0]?.header).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'kms-1' })
    expect(asked).toHaveLength(1)
  })

  it('stands beside a proof of the client where that is asked for', async () => {
    const robot = await byTheBook({ clientAuthentication: clientSecretPost('secret') })
    await robot.getAccessToken()
    expect(server.forms()[0]?.get('client_secret')).toBe('secret')
    expect(server.assertions()).toHaveLength(1)
  })
})

describe('credentials that are no use', () => {
  it.each([
    ['nothing', '', /empty/],
    ['JSON that is cut off', JSON.stringify(serviceAccountFile()).slice(0, -9), /begins like JSON/],
    ['a login of a person', { type: 'authorized_user', refresh_token: canary }, /deviceLogin/],
    ['a federated account', { type: 'external_account', audience: 'x' }, /workloadIdentity/],
    [
      'a file without a key',
      { type: 'service_account', client_email: 'x', token_uri: tokenEndpoint },
      /no private key/,
    ],
  ])('(%s) are refused at once', async (_, source, message) => {
    const error = await account({ issuer }, source).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      name: 'UsageError',
      code: 'credentials_unreadable',
      message: expect.stringMatching(message),
    })
    expect(JSON.stringify(error)).not.toContain(canary)
  })

  it.each([
    [{ token_uri: 'http://id.example/token' }, 'insecure_url'],
    [{ token_uri: undefined }, 'invalid_configuration'],
    [{ client_email: undefined }, 'invalid_configuration'],
  ])('(with %j) are refused at once', async (changes, code) => {
    await expect(account({}, serviceAccountFile(changes))).rejects.toMatchObject({ code })
  })
})

describe('G03: a wrong or deleted key', () => {
  it.each(['invalid_grant', 'invalid_client'])(
    '(%s) is an error that names the kid, and is asked for once',
    async (code) => {
      server.always(refusal(code))
      const sync = await account()
      const outcome: unknown = await sync.getAccessToken().catch((reason: unknown) => reason)
      expect(outcome).toMatchObject({
        name: 'ServerError',
        code: 'assertion_refused',
        error: code,
        keyId: 'key-1',
        retryable: false,
      })
      expect((outcome as Error).message).toContain('"key-1"')
      expect(server.forms()).toHaveLength(1)
    },
  )

  it('is not what any other refusal is taken for', async () => {
    server.always(refusal('invalid_scope'))
    await expect((await account()).getAccessToken()).rejects.toMatchObject({
      code: 'request_refused',
      error: 'invalid_scope',
    })
    expect(server.forms()).toHaveLength(1)
  })
})

describe('G04: a key that is replaced while the program runs', () => {
  const rotated = serviceAccountFile({
    private_key_id: 'key-2',
    private_key: pemOf(keys.otherRsa.privateKey),
  })

  it('is taken up at the first refusal, once', async () => {
    const reader = replaceable(serviceAccountFile())
    const sync = await serviceAccount(reader, { runtime: server.runtime })
    reader.content = rotated
    server.next(refusal('invalid_grant'))
    await sync.getAccessToken()
    expect(server.assertions().map(({ header }) => header.kid)).toEqual(['key-1', 'key-2'])
    await sync.getAccessToken()
    expect(server.forms()).toHaveLength(2)
    expect(reader.reads).toBe(2)
  })

  it('is taken up before the next exchange where it is seen', async () => {
    const reader = replaceable(serviceAccountFile())
    const sync = await serviceAccount(reader, { runtime: server.runtime })
    await sync.getAccessToken()
    reader.content = rotated
    reader.isChanged = true
    await server.clock.advance(3_600)
    await sync.getAccessToken()
    expect(server.assertions().map(({ header }) => header.kid)).toEqual(['key-1', 'key-2'])
  })

  it('while the server is away leaves the token of the key before in use', async () => {
    const reader = replaceable(serviceAccountFile())
    const sync = await serviceAccount(reader, { runtime: server.runtime })
    const before = await sync.getAccessToken()
    reader.content = rotated
    reader.isChanged = true
    await server.clock.advance(3_400)
    server.always(() => Promise.reject(new TypeError('fetch failed')))
    await expect(sync.getAccessToken()).resolves.toBe(before)
    await vi.waitFor(() => expect(server.assertions().map(({ header }) => header.kid)).toContain('key-2'))
    await settle()
    await expect(sync.getAccessToken()).resolves.toBe(before)
  })

  it('that is refused as well ends the matter', async () => {
    const reader = replaceable(serviceAccountFile())
    const sync = await serviceAccount(reader, { runtime: server.runtime })
    reader.content = rotated
    server.always(refusal('invalid_grant'))
    await expect(sync.getAccessToken()).rejects.toMatchObject({ code: 'assertion_refused', keyId: 'key-2' })
    expect(server.forms()).toHaveLength(2)
  })

  it('by a file that is half written does not hide the refusal', async () => {
    const reader = replaceable(serviceAccountFile())
    const sync = await serviceAccount(reader, { runtime: server.runtime })
    reader.content = {}
    server.next(refusal('invalid_grant'))
    await expect(sync.getAccessToken()).rejects.toMatchObject({ code: 'assertion_refused', keyId: 'key-1' })
  })

  it('by that of another account is refused', async () => {
    const reader = replaceable(serviceAccountFile())
    const sync = await serviceAccount(reader, { runtime: server.runtime })
    reader.content = serviceAccountFile({ client_email: 'other@project-1.iam.example' })
    reader.isChanged = true
    await expect(sync.getAccessToken()).rejects.toMatchObject({ code: 'credentials_unreadable' })
    expect(server.forms()).toHaveLength(0)
  })

  it('overlaps with the one before: ES256 first, then the others, and whichever served stays', async () => {
    const more = [{ key: pemOf(keys.ec.privateKey), keyId: 'ec-1' }]
    const sync = await account({ keys: more })
    server.next(refusal('invalid_grant'))
    await sync.getAccessToken()
    await server.clock.advance(3_600)
    await sync.getAccessToken()
    expect(server.assertions().map(({ header }) => header.kid)).toEqual(['ec-1', 'key-1', 'key-1'])
  })
})

describe('G05: a lifetime', () => {
  it.each([
    [7_200, 3_600],
    [60, 60],
    [undefined, 300],
  ])('of %j seconds becomes %i', async (lifetime, expected) => {
    const sync = await account({ assertion: lifetime === undefined ? {} : { lifetime } })
    await sync.getAccessToken()
    const { iat = 0, exp = 0 } = server.assertions()[0]?.claims ?? {}
    expect(exp - iat).toBe(expected)
  })

  it.each([0, -1, Number.NaN])('of %d is refused', async (lifetime) => {
    await expect(account({ assertion: { lifetime } })).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
  })
})

describe('G06: a wrong clock', () => {
  /** Takes assertions that are dated by its own clock, which is `ahead` seconds ahead. */
  const serverAhead = (ahead: () => number) => {
    server.always(() => {
      const { iat = 0, exp = 0 } = server.assertions().at(-1)?.claims ?? {}
      const now = server.clock.wallTime() / 1000 + ahead()
      const headers = { date: new Date(now * 1000).toUTCString() }
      return iat > now || exp < now
        ? json(
            { error: 'invalid_grant', error_description: 'Invalid JWT: Token must be a short-lived token' },
            { status: 400, headers },
          )
        : json({ access_token: `${canary}-token`, token_type: 'Bearer', expires_in: 3_600 }, { headers })
    })
  }

  it.each([-300, 300, 7_200, -7_200])(
    'by %i s costs one attempt more, with a jti of its own',
    async (ahead) => {
      serverAhead(() => ahead)
      const sync = await account()
      await expect(sync.getAccessToken()).resolves.toBe(`${canary}-token`)
      expect(server.forms()).toHaveLength(2)
      const [first, second] = server.assertions().map(({ claims }) => claims)
      expect(second?.jti).not.toBe(first?.jti)
      await server.clock.advance(3_600)
      await sync.getAccessToken()
      expect(server.forms()).toHaveLength(3)
    },
  )

  it('that is put right later is learnt anew', async () => {
    let ahead = 600
    serverAhead(() => ahead)
    const sync = await account()
    await sync.getAccessToken()
    ahead = 0
    await server.clock.advance(3_600)
    await sync.getAccessToken()
    expect(server.forms()).toHaveLength(4)
  })

  it('does not make tokens older or younger than they are', async () => {
    serverAhead(() => 7_200)
    const sync = await account()
    const { expiresAt } = await sync.getToken()
    expect(expiresAt).toBe(server.clock.wallTime() / 1000 + 3_600)
    await server.clock.advance(3_000)
    await sync.getAccessToken()
    expect(server.forms()).toHaveLength(2)
  })

  it('that explains nothing is an error that says by how much', async () => {
    server.always(
      refusal('invalid_grant', {
        headers: { date: new Date(server.clock.wallTime() + 300_000).toUTCString() },
      }),
    )
    const sync = await account()
    await expect(sync.getAccessToken()).rejects.toMatchObject({
      name: 'ProtocolError',
      code: 'clock_skew',
      offset: 300,
    })
    expect(server.forms()).toHaveLength(2)
  })

  it.each([0, 9, -9])('by %i s explains nothing', async (ahead) => {
    server.always(
      refusal('invalid_grant', {
        headers: { date: new Date(server.clock.wallTime() + ahead * 1000).toUTCString() },
      }),
    )
    await expect((await account()).getAccessToken()).rejects.toMatchObject({ code: 'assertion_refused' })
    expect(server.forms()).toHaveLength(1)
  })

  it('is not believed to be a day off', async () => {
    server.always(
      refusal('invalid_grant', {
        headers: { date: new Date(server.clock.wallTime() + 90_000_000).toUTCString() },
      }),
    )
    await expect((await account()).getAccessToken()).rejects.toMatchObject({ code: 'assertion_refused' })
    expect(server.forms()).toHaveLength(1)
  })
})

describe('G08: each attempt has a jti of its own', () => {
  const jtis = () => server.assertions().map(({ claims }) => claims.jti)

  it('after a 503', async () => {
    server.next(() => new Response('', { status: 503 }))
    await (await account()).getAccessToken()
    expect(new Set(jtis()).size).toBe(2)
  })

  it('after a connection that broke', async () => {
    server.next(() => {
      throw new TypeError('fetch failed')
    })
    await (await account()).getAccessToken()
    expect(new Set(jtis()).size).toBe(2)
  })

  it('after a demand for a DPoP nonce', async () => {
    server.next(() => json({ error: 'use_dpop_nonce' }, { status: 400, headers: { 'dpop-nonce': 'n-1' } }))
    server.always(() => json({ access_token: 'bound', token_type: 'DPoP', expires_in: 60 }))
    const sync = await account({ senderConstraint: dpop({ keys: createMemoryKeyStore() }) })
    await expect(sync.getToken()).resolves.toMatchObject({ tokenType: 'dpop' })
    expect(jtis()).toHaveLength(2)
    expect(new Set(jtis()).size).toBe(2)
  })

  it('and no 503 with Retry-After is asked again before its time', async () => {
    server.always(() => new Response('', { status: 503, headers: { 'retry-after': '7' } }))
    const sync = await account()
    await expect(sync.getAccessToken()).rejects.toMatchObject({ code: 'server_unavailable', retryAfter: 7 })
    await server.clock.advance(6)
    await expect(sync.getAccessToken()).rejects.toMatchObject({ code: 'server_unavailable' })
    expect(server.forms()).toHaveLength(1)
    await server.clock.advance(1)
    await expect(sync.getAccessToken()).rejects.toMatchObject({ code: 'server_unavailable' })
    expect(server.forms()).toHaveLength(2)
  })
})

describe('G09: the audience', () => {
  it('is the configured issuer, whatever the metadata names', async () => {
    server = createTestServer({ token_endpoint: tokenEndpoint, audience: 'https://other.example/token' })
    await (await byTheBook()).getAccessToken()
    expect(server.assertions()[0]?.claims.aud).toBe(issuer)
  })

  it('is never signed for a server that calls itself otherwise', async () => {
    server = createTestServer({ issuer: 'https://other.example' })
    await expect((await byTheBook()).getAccessToken()).rejects.toMatchObject({
      code: 'metadata_issuer_mismatch',
    })
    expect(server.forms()).toHaveLength(0)
  })

  it('stays the issuer where the metadata sends assertions elsewhere', async () => {
    const elsewhere = 'https://other.example/token'
    server = createTestServer({ token_endpoint: elsewhere })
    const sent: string[] = []
    server.on(elsewhere, ({ body }) => {
      sent.push(new URLSearchParams(body).get('assertion') ?? '')
      return json({ access_token: 'a', token_type: 'Bearer' })
    })
    await (await byTheBook()).getAccessToken()
    expect(JSON.parse(atob(sent[0]?.split('.')[1] ?? '')).aud).toBe(issuer)
  })
})

describe('G11: secrets', () => {
  const pem = pemOf(keys.rsa.privateKey)
  const secrets = (): readonly string[] => [
    pem.split('\n')[3] ?? '',
    ...server.forms().map((form) => form.get('assertion') ?? canary),
    canary,
  ]
  const show = (value: unknown): string =>
    [
      inspect(value, { depth: 20, showHidden: true }),
      JSON.stringify(value),
      String(value),
      String(Object(value).stack),
      inspect(Object(value).cause),
    ].join('\n')

  const failures: readonly (readonly [string, () => void])[] = [
    [
      'a refusal that quotes the assertion',
      () =>
        server.always(({ body }) =>
          json({ error: 'invalid_grant', error_description: body }, { status: 400 }),
        ),
    ],
    [
      'an answer that is not JSON',
      () => server.always(({ body }) => new Response(body, { headers: { 'content-type': 'text/html' } })),
    ],
    [
      'a network that quotes the request',
      () =>
        server.always(({ body }) => {
          throw new Error(body)
        }),
    ],
    [
      'a token response that is malformed',
      () => server.always(() => json({ access_token: canary, token_type: 'mac' })),
    ],
    [
      'a wrong clock',
      () =>
        server.always(({ body }) =>
          json(
            { error: 'invalid_grant', error_description: body },
            { status: 400, headers: { date: new Date(server.clock.wallTime() + 3e6).toUTCString() } },
          ),
        ),
    ],
  ]

  it.each(failures)('are not in the error of %s', async (_, arrange) => {
    arrange()
    const sync = await account()
    const error: unknown = await sync.getAccessToken().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: expect.any(String) })
    for (const secret of secrets()) expect(show(error)).not.toContain(secret)
  })

  it('are not to be seen in a source, its cache, or what it is made of', async () => {
    const cache = createTokenCache()
    const sync = await account({ cache })
    await sync.getAccessToken()
    for (const secret of secrets()) {
      for (const thing of [sync, cache, sync.for({ scope: 'x' })]) expect(show(thing)).not.toContain(secret)
    }
  })

  it('are not in URLs', async () => {
    await (await byTheBook({ scope: 'x' })).getAccessToken()
    expect(server.requests.map(({ url }) => new URL(url).search).join('')).toBe('')
  })

  it('of a signer that fails are not in the error', async () => {
    const sign = () => Promise.reject(new Error(canary))
    const robot = await account({ issuer, keys: [{ key: { alg: 'ES256', sign } }] }, { client_id: 'robot' })
    const error: unknown = await robot.getAccessToken().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'signer_failed' })
    expect(show(error)).not.toContain(canary)
  })
})

import * as fc from 'fast-check'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { ConciergeError } from '../errors.ts'
import { readRetryAfter } from '../ports/bounded-request.ts'
import { createMemoryStore } from '../ports/memory-store.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  redirectUri,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import type { RelyingParty } from './create-relying-party.ts'
import { stepUp } from './step-up.ts'

const api = 'https://api.example'
const runs = { numRuns: 150 }

/** As long as tokens are: what is shorter may be a server's word for its error. */
const secret = `${canary}${'x'.repeat(40)}`

let server: ScriptedServer

beforeAll(async () => {
  server = await createScriptedServer()
})

/** Text that a reader may stumble over, and the secret that no error may show. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    secret,
    `${secret}.${secret}.${secret}`,
    '__proto__',
    'constructor',
    '',
    'null',
    '9'.repeat(400),
    'https://id.example',
    'ada',
    'spa',
  ),
)
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -1, 1e308, 1_800_000_000, 1_800_000_000_000),
)
const names = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'error',
  'error_description',
  'access_token',
  'token_type',
  'expires_in',
  'id_token',
  'refresh_token',
  'scope',
  'issuer',
  'jwks_uri',
  'token_endpoint',
  'keys',
  'kty',
  'kid',
  'alg',
  'crv',
  'x',
  'y',
  'use',
  'tokens',
  'family',
  'generation',
  'accessToken',
  'receivedAt',
  'claims',
  'attempt',
  'pending',
  'taken',
  'state',
  'startedAt',
  'version',
)
/** JSON as text, so that a member called `__proto__` is one. */
const { value: jsonText } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('null', 'true', '{}', '[]'),
    number.map((value) => JSON.stringify(value)),
    text.map((value) => JSON.stringify(value)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(names, tie('value')), { maxLength: 6 })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  ),
}))
/** A usual document with some members replaced, so that the reader gets further than its first check. */
const bentText = (document: Readonly<Record<string, unknown>>): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...Object.keys(document)), names), jsonText), {
      minLength: 1,
      maxLength: 3,
    })
    .map((changes) => {
      const bent = new Map([
        ...Object.entries(document).map(([k, v]) => [k, JSON.stringify(v)] as const),
        ...changes,
      ])
      return `{${[...bent].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
    })

/** Runs it: it may succeed, or fail with an error of ours that shows no secret, and it leaves every object as it was. */
async function checkReader(read: () => Promise<unknown>): Promise<void> {
  const members = Object.getOwnPropertyNames(Object.prototype).length
  const error: unknown = await read().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(members)
  if (error === undefined) return
  expect(error, inspect(error)).toBeInstanceOf(ConciergeError)
  const printed = [
    inspect(error, { depth: Infinity, showHidden: true }),
    JSON.stringify(error),
    String(error),
  ]
  expect(printed.join('\n')).not.toContain(canary)
}

const answer = (body: string): Response =>
  new Response(body, { headers: { 'content-type': 'application/json' } })
const withScript = async <Result>(
  path: string,
  body: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  const before = server.on(issuer + path, () => answer(body))
  try {
    return await work()
  } finally {
    if (before) server.on(issuer + path, before)
  }
}
const create = (): RelyingParty =>
  server.relyingParty({
    apis: [api],
    vault: createMemoryStore(),
    transactions: createMemoryStore(),
    stepUp: stepUp(),
  })

describe('whatever others write is read without surprise', () => {
  it('in the parameters of a callback', async () => {
    const parameter = fc.tuple(
      fc.oneof(
        fc.constantFrom('code', 'state', 'iss', 'error', 'error_description', 'response', 'id_token'),
        names,
        text,
      ),
      text,
    )
    await fc.assert(
      fc.asyncProperty(fc.array(parameter, { maxLength: 8 }), fc.boolean(), async (parameters, isOurs) => {
        const relyingParty = create()
        const real = isOurs ? [...(await server.visit(relyingParty))] : []
        await checkReader(() => relyingParty.finishLogin(new URLSearchParams([...real, ...parameters])))
      }),
      runs,
    )
  })

  it('in a token response', async () => {
    const document = {
      access_token: secret,
      token_type: 'Bearer',
      expires_in: 60,
      refresh_token: secret,
      scope: 'openid',
    }
    await fc.assert(
      fc.asyncProperty(fc.oneof(jsonText, bentText(document), text), async (body) =>
        withScript('/token', body, () => checkReader(() => server.logIn(create()))),
      ),
      runs,
    )
  })

  it('in an error response, and in its status', async () => {
    const status = fc.constantFrom(400, 401, 403, 404, 418, 429, 500, 503)
    const header = fc.string({ maxLength: 80 }).filter((value) => /^[ -~]*$/.test(value))
    const document = { error: 'invalid_grant', error_description: `no ${secret}` }
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(jsonText, bentText(document)),
        status,
        header,
        async (body, status, header) => {
          const relyingParty = create()
          const parameters = await server.visit(relyingParty)
          const headers = {
            'content-type': 'application/json',
            'www-authenticate': header,
            'retry-after': header,
          }
          const before = server.on(`${issuer}/token`, () => new Response(body, { status, headers }))
          await checkReader(() => relyingParty.finishLogin(parameters))
          if (before) server.on(`${issuer}/token`, before)
        },
      ),
      runs,
    )
  })

  it('in the segments of an ID token', async () => {
    const header = { alg: 'ES256', kid: 'key-1', typ: 'JWT' }
    const now = server.clock.wallTime() / 1000
    const claims = {
      iss: issuer,
      sub: 'ada',
      aud: 'spa',
      iat: now,
      exp: now + 60,
      nonce: secret,
      azp: 'spa',
      at_hash: 'x',
    }
    const segment = (document: Readonly<Record<string, unknown>>): fc.Arbitrary<string> =>
      fc.oneof(bentText(document), jsonText, text).map((part) => Buffer.from(part).toString('base64url'))
    const token = fc.oneof(
      text,
      fc
        .tuple(segment(header), segment(claims), fc.constantFrom('', 'AAAA', secret))
        .map((parts) => parts.join('.')),
    )
    await fc.assert(
      fc.asyncProperty(token, async (idToken) => {
        server.bend.idToken = () => idToken
        await checkReader(() => server.logIn(create()))
      }),
      runs,
    )
    server.bend.idToken = (token) => token
  })

  it('in a signed ID token', async () => {
    await fc.assert(
      fc.asyncProperty(jsonText, names, async (value, name) => {
        server.bend.claims = Object.fromEntries([[name, JSON.parse(value)]])
        await checkReader(() => server.logIn(create()))
      }),
      runs,
    )
    server.bend.claims = {}
  })

  it('in a key set', async () => {
    const key = { kty: 'EC', crv: 'P-256', kid: 'key-1', alg: 'ES256', use: 'sig', x: 'AA', y: 'AA' }
    const keys = fc.array(bentText(key), { maxLength: 6 }).map((all) => `{"keys":[${all.join(',')}]}`)
    await fc.assert(
      fc.asyncProperty(fc.oneof(jsonText, keys, text), async (body) =>
        withScript('/jwks', body, () => checkReader(() => server.logIn(create()))),
      ),
      runs,
    )
  })

  it('in a metadata document', async () => {
    const document = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      dpop_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
    }
    await fc.assert(
      fc.asyncProperty(fc.oneof(jsonText, bentText(document), text), async (body) =>
        // A metadata document is public, and its issuer is shown.
        withScript('/.well-known/openid-configuration', body.replaceAll(canary, 'public'), () =>
          checkReader(() => server.logIn(create())),
        ),
      ),
      runs,
    )
  })

  it('in a store that holds what nobody of us wrote', async () => {
    const tokens = {
      accessToken: secret,
      receivedAt: 1_800_000_000,
      scope: 'openid',
      refreshToken: secret,
      expiresIn: 5,
      renewAt: 4,
    }
    const record = { tokens, family: 'f', generation: 'g', attempt: { isRetry: false, startedAt: 0 } }
    const stored = fc.oneof(
      jsonText,
      bentText(record),
      bentText(tokens).map((bent) => `{"family":"f","generation":"g","tokens":${bent}}`),
    )
    await fc.assert(
      fc.asyncProperty(stored, async (body) => {
        const vault = createMemoryStore()
        await vault.put(`concierge:tokens:spa@${issuer}`, JSON.parse(body))
        const relyingParty = server.relyingParty({ vault, apis: [api] })
        await checkReader(() => relyingParty.restore())
        await checkReader(() => relyingParty.getAccessToken())
        await checkReader(() => relyingParty.endSession())
      }),
      runs,
    )
  })

  it('in the store of logins under way', async () => {
    const pending = {
      state: 's',
      nonce: 'n',
      codeVerifier: secret,
      redirectUri,
      scope: 'openid',
      startedAt: 1_800_000_000,
      metadata: { issuer },
    }
    const stored = fc.oneof(
      jsonText,
      bentText(pending).map((bent) => `{"pending":[${bent}],"taken":[]}`),
      bentText({ pending: [pending], taken: [] }),
    )
    await fc.assert(
      fc.asyncProperty(stored, async (body) => {
        const transactions = createMemoryStore()
        await transactions.put(`concierge:logins:spa@${issuer}`, JSON.parse(body))
        const relyingParty = server.relyingParty({ transactions, vault: createMemoryStore() })
        const callback = new URLSearchParams({ code: secret, state: 's', iss: issuer })
        await checkReader(() => relyingParty.finishLogin(callback))
        await checkReader(() => relyingParty.startLogin({ redirectUri }))
      }),
      runs,
    )
  })

  it('in the challenges of an API', async () => {
    const relyingParty = create()
    await server.logIn(relyingParty)
    const word = fc.constantFrom(
      'Bearer',
      'DPoP',
      ' ',
      ',',
      '=',
      '"',
      '\\',
      'error="insufficient_user_authentication"',
      'acr_values=',
      'max_age=',
      'scope=',
      'error="insufficient_scope"',
      secret,
      '9',
    )
    const header = fc.array(word, { maxLength: 12 }).map((words) => words.join(' ').trim())
    await fc.assert(
      fc.asyncProperty(header, fc.constantFrom(401, 403), async (challenge, status) => {
        server.on(`${api}/x`, () => new Response('', { status, headers: { 'www-authenticate': challenge } }))
        await checkReader(() => relyingParty.fetch(`${api}/x`))
      }),
      runs,
    )
  })

  it('in a Retry-After', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
          number.map(String),
        ),
        (header) => {
          const seconds = readRetryAfter(header, 1_800_000_000)
          if (seconds !== undefined) {
            expect(seconds).toBeGreaterThanOrEqual(0)
            expect(seconds).toBeLessThanOrEqual(3_600)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

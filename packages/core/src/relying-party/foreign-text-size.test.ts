import { beforeAll, describe, expect, it } from 'vitest'
import { readImplicitResponse } from '../legacy/implicit-response.ts'
import { unsafeAllowImplicitResponse } from '../legacy/opt-in.ts'
import { readRetryAfter } from '../ports/bounded-request.ts'
import { createMemoryStore } from '../ports/memory-store.ts'
import { readFormPost } from '../protocol/form-post.ts'
import { readChallenges } from '../protocol/www-authenticate.ts'
import { createScriptedServer, issuer, type ScriptedServer } from '../testing/scripted-server.test-support.ts'

let server: ScriptedServer

beforeAll(async () => {
  server = await createScriptedServer()
})

const answer = (body: string): Response =>
  new Response(body, { headers: { 'content-type': 'application/json' } })
const logIn = (): Promise<unknown> =>
  server.logIn(server.relyingParty({ vault: createMemoryStore(), transactions: createMemoryStore() }))
const atLogin = (path: string) => async (text: string) => {
  const before = server.on(issuer + path, () => answer(text))
  await logIn().catch(() => undefined)
  if (before) server.on(issuer + path, before)
}

/** A text of about `size` characters, made of ever other pieces. */
const repeat = (size: number, piece: (index: number) => string, separator = ''): string => {
  const length = piece(0).length + separator.length
  return Array.from({ length: Math.ceil(size / length) }, (_, index) => piece(index)).join(separator)
}
const members = (size: number, member: (index: number) => string): string => `{${repeat(size, member, ',')}}`
const nested = (size: number): string => '['.repeat(size / 2) + ']'.repeat(size / 2)
const segment = (text: string): string => Buffer.from(text).toString('base64url')

type Reader = readonly [
  name: string,
  most: number,
  make: (size: number) => string,
  read: (text: string) => unknown,
]

/** Each reader, the most that it takes, and a text that grows in a way that a careless reader would suffer from. */
const readers: readonly Reader[] = [
  [
    'a callback of many parameters',
    1_000_000,
    (size) => repeat(size, (index) => `a${index}=b`, '&'),
    async (text) => {
      const relyingParty = server.relyingParty({ transactions: createMemoryStore() })
      const parameters = await server.visit(relyingParty)
      await relyingParty
        .finishLogin(new URLSearchParams(`${parameters}&code=second&${text}`))
        .catch(() => undefined)
    },
  ],
  [
    'a posted callback',
    32_000,
    (size) => repeat(size, (index) => `a${index}=b`, '&'),
    (body) =>
      readFormPost(
        new Request('https://app.example', {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body,
        }),
      ),
  ],
  [
    'an implicit response of many parameters',
    400_000,
    (size) => `https://app.example/#${repeat(size, (index) => `a${index}=b`, '&')}`,
    (address) => {
      try {
        return readImplicitResponse(address, {
          allowImplicitResponse: unsafeAllowImplicitResponse,
          state: 's',
          issuer,
        })
      } catch {
        return undefined
      }
    },
  ],
  [
    'a token response of many members',
    600_000,
    (size) => members(size, (index) => `"a${index}":1`),
    atLogin('/token'),
  ],
  ['a token response in many brackets', 1_000_000, nested, atLogin('/token')],
  [
    'an error description without an end',
    1_000_000,
    (size) => `{"error":"invalid_grant","error_description":"${'a_'.repeat(size / 2)}!"}`,
    atLogin('/token'),
  ],
  [
    'an ID token of many segments',
    1_000_000,
    (size) => '.'.repeat(size),
    async (idToken) => {
      server.bend.idToken = () => idToken
      await logIn().catch(() => undefined)
      server.bend.idToken = (token) => token
    },
  ],
  [
    'an ID token whose header is all brackets',
    48_000,
    (size) => `${segment(nested(size))}.${segment('{}')}.AAAA`,
    async (idToken) => {
      server.bend.idToken = () => idToken
      await logIn().catch(() => undefined)
      server.bend.idToken = (token) => token
    },
  ],
  [
    'a key set with one huge key',
    500_000,
    (size) => `{"keys":[{"kty":"RSA","kid":"key-1","e":"AQAB","n":"${'A'.repeat(size)}"}]}`,
    atLogin('/jwks'),
  ],
  [
    'a key set whose keys have many operations',
    300_000,
    (size) => `{"keys":[{"kty":"EC","key_ops":[${repeat(size, (index) => `"a${index}"`, ',')}]}]}`,
    atLogin('/jwks'),
  ],
  [
    'a metadata document of many endpoints',
    220_000,
    (size) => members(size, (index) => `"a${index}_endpoint":"https://id.example/"`),
    atLogin('/.well-known/openid-configuration'),
  ],
  [
    'a stored entry in many pieces',
    200_000,
    nested,
    async (text) => {
      const [vault, transactions] = [createMemoryStore(), createMemoryStore()]
      await vault.put(`concierge:tokens:spa@${issuer}`, { tokens: text, family: 'f', generation: 'g' })
      await transactions.put(`concierge:logins:spa@${issuer}`, {
        pending: text.split(''),
        taken: text.split(''),
      })
      const relyingParty = server.relyingParty({ vault, transactions })
      await relyingParty.restore().catch(() => undefined)
      await relyingParty
        .finishLogin(new URLSearchParams({ code: 'c', state: 's', iss: issuer }))
        .catch(() => undefined)
    },
  ],
  ...['"', 'a ', 'a="', '\\', ' ', 'a=b,', '=', 'a a,'].map((piece): Reader => [
    `a WWW-Authenticate header made of ${piece}`,
    8_000,
    (size) => `Bearer ${piece.repeat(size / piece.length)}`,
    (header) => readChallenges(header),
  ]),
  [
    'a Retry-After of many digits',
    100_000,
    (size) => '9'.repeat(size),
    (header) => readRetryAfter(header, 0),
  ],
  [
    'a Retry-After that is nearly a date',
    100_000,
    (size) => `Thu, ${'1 '.repeat(size / 2)}`,
    (header) => readRetryAfter(header, 0),
  ],
]

/** The least processor time of several readings, in microseconds. */
async function costOf(read: () => unknown): Promise<number> {
  let least = Infinity
  for (let round = 0; round < 5; round += 1) {
    const before = process.cpuUsage()
    await read()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, user + system)
  }
  return least
}

describe('the work grows with the size of the text, not with its square, for', () => {
  it.each(readers)('%s', async (_, most, make, read) => {
    const [small, large] = [make(most / 8), make(most)]
    const floor = 2_000
    const costOfSmall = Math.max(floor, await costOf(() => read(small)))
    // Eight times the text: eight times the work, with room for a busy machine; sixty-four times it would be the square.
    expect(await costOf(() => read(large))).toBeLessThan(32 * costOfSmall)
  })
})

import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { authorizationUrl, createServer, issuer } from '../test-support.ts'

const currentDate = new Date(1_800_000_000_000)

async function open(server: ReturnType<typeof createServer>, response: string | null) {
  const jwks = (await (await server.fetch(new Request(`${issuer}/jwks`))).json()) as JSONWebKeySet
  const options = { issuer, audience: 'spa', algorithms: ['ES256'], currentDate }
  return (await jwtVerify(response ?? '', createLocalJWKSet(jwks), options)).payload
}

describe('a response as a JWT', () => {
  test.each(['jwt', 'query.jwt', 'form_post.jwt'])('by %s holds all there is', async (mode) => {
    const server = createServer()
    const { searchParams } = await server.signIn({ url: await authorizationUrl({ response_mode: mode }) })
    expect([...searchParams.keys()]).toEqual(['response'])
    expect(await open(server, searchParams.get('response'))).toEqual({
      iss: issuer,
      aud: 'spa',
      exp: 1_800_000_600,
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'st-1',
    })
  })

  test('by fragment.jwt travels in the fragment', async () => {
    const server = createServer()
    const url = await authorizationUrl({ response_mode: 'fragment.jwt' })
    const { search, hash } = await server.signIn({ url })
    expect(search).toBe('')
    expect(await open(server, new URLSearchParams(hash.slice(1)).get('response'))).toHaveProperty('code')
  })

  test('tells of a refusal in the same way', async () => {
    const server = createServer()
    const url = await authorizationUrl({ response_mode: 'jwt', scope: 'unheard-of' })
    const response = await server.fetch(new Request(url))
    const { searchParams } = new URL(response.headers.get('location') ?? '')
    const claims = await open(server, searchParams.get('response'))
    expect(claims).toMatchObject({ error: 'invalid_scope', state: 'st-1' })
    expect(searchParams.has('error')).toBe(false)
    expect(server.ledger.count({ error: 'invalid_scope' })).toBe(1)
  })

  test('by a mode nobody knows is refused', async () => {
    const url = await authorizationUrl({ response_mode: 'web_message.jwt' })
    const response = await createServer().fetch(new Request(url))
    expect(response.headers.get('location')).toContain('error=invalid_request')
  })
})

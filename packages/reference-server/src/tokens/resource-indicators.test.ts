import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { authorizationUrl, codeForm, createServer, issuer } from '../test-support.ts'

const calendar = 'https://cal.example/'
const contacts = 'https://contacts.example/v1'

/** Posts a form whose `resource` comes as often as it is listed. */
async function ask(
  server: ReferenceServer,
  form: Readonly<Record<string, string | undefined>>,
  resources: readonly string[] = [],
) {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) if (value !== undefined) body.append(name, value)
  for (const resource of resources) body.append('resource', resource)
  const response = await server.fetch(new Request(`${issuer}/token`, { method: 'POST', body }))
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

/** Signs in for these resources and gives the form that exchanges the code. */
async function formFor(server: ReferenceServer, resources: readonly string[], scope = 'openid') {
  const url = await authorizationUrl({ scope })
  for (const resource of resources) url.searchParams.append('resource', resource)
  const code = (await server.signIn({ url })).searchParams.get('code') ?? ''
  return { ...(await codeForm(createServer())), code }
}

const audienceOf = (token: string | undefined) => decodeJwt(token ?? '').aud

const refreshForm = (refreshToken: string | undefined) => ({
  grant_type: 'refresh_token',
  client_id: 'spa',
  refresh_token: refreshToken,
})

describe('resource', () => {
  test('restricts the audience, and one grant serves several resources in turn', async () => {
    const server = createServer()
    const first = await ask(server, await formFor(server, [calendar, contacts]))
    expect(audienceOf(first.body['access_token'])).toEqual([calendar, contacts])
    const second = await ask(server, refreshForm(first.body['refresh_token']), [calendar])
    expect(audienceOf(second.body['access_token'])).toBe(calendar)
    const third = await ask(server, refreshForm(second.body['refresh_token']), [contacts])
    expect(audienceOf(third.body['access_token'])).toBe(contacts)
    const fourth = await ask(server, refreshForm(third.body['refresh_token']))
    expect(audienceOf(fourth.body['access_token'])).toEqual([calendar, contacts])
    const families = server.ledger.tokens.flatMap(({ kind, familyId }) => (kind === 'code' ? [] : [familyId]))
    expect(new Set(families).size).toBe(1)
  })

  test('may be named at the token endpoint alone', async () => {
    const server = createServer()
    const form = await formFor(server, [])
    expect(audienceOf((await ask(server, form, [calendar])).body['access_token'])).toBe(calendar)
  })

  test('is the client’s audience where none is named', async () => {
    const server = createServer({ audience: 'https://api.example' })
    const { body } = await ask(server, await formFor(server, []))
    expect(audienceOf(body['access_token'])).toBe('https://api.example')
  })

  test('cannot go beyond the grant, and the refusal spends nothing', async () => {
    const server = createServer()
    const form = await formFor(server, [calendar])
    const refused = await ask(server, form, [contacts])
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_target'])
    const granted = await ask(server, form)
    const refresh = refreshForm(granted.body['refresh_token'])
    expect((await ask(server, refresh, [calendar, contacts])).body['error']).toBe('invalid_target')
    expect((await ask(server, refresh, [calendar])).status).toBe(200)
  })

  test.each(['calendar', '/calendar', `${calendar}#part`, `${calendar}#`])(
    'is refused as %s',
    async (resource) => {
      const server = createServer()
      const location = (await server.fetch(new Request(await authorizationUrl({ resource })))).headers.get(
        'location',
      )
      expect(location).toContain('error=invalid_target')
      const atToken = await ask(server, await formFor(server, []), [resource])
      expect(atToken.body['error']).toBe('invalid_target')
    },
  )

  test('is the only parameter that may come twice', async () => {
    const server = createServer()
    const form = await formFor(server, [])
    const body = new URLSearchParams(Object.entries(form).map(([name, value]) => [name, value ?? '']))
    body.append('scope', 'openid')
    body.append('scope', 'openid')
    const response = await server.fetch(new Request(`${issuer}/token`, { method: 'POST', body }))
    expect(((await response.json()) as { error: string }).error).toBe('invalid_request')
  })
})

describe('registered resources', () => {
  const resources = [
    { identifier: calendar, scopes: ['orders.read'] },
    { identifier: contacts, scopes: ['orders.write'] },
    { identifier: 'https://any.example' },
  ]
  const scope = 'openid orders.read orders.write'

  test('are the only ones, beside the server’s own', async () => {
    const server = createServer({ resources })
    const refused = await server.fetch(
      new Request(await authorizationUrl({ resource: 'https://cal.example' })),
    )
    expect(refused.headers.get('location')).toContain('error=invalid_target')
    expect((await ask(server, await formFor(server, [`${issuer}/resource`]))).status).toBe(200)
  })

  test.each([
    [[calendar], 'openid orders.read'],
    [[contacts], 'openid orders.write'],
    [[calendar, contacts], scope],
    [[calendar, 'https://any.example'], scope],
    [[], scope],
  ])('narrow the scope: %s', async (asked, expected) => {
    const server = createServer({ resources })
    const granted = await ask(server, await formFor(server, [], scope), asked)
    expect(granted.body['scope']).toBe(expected)
    expect(decodeJwt(granted.body['access_token'] ?? '')['scope']).toBe(expected)
    expect(granted.body).toHaveProperty('id_token')
    const refreshed = await ask(server, refreshForm(granted.body['refresh_token']))
    expect(refreshed.body['scope']).toBe(scope)
  })
})

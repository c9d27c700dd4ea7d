import { tokenTypes } from '@oauth-concierge/core'
import { json } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { tokenFromUrl } from './credentials/token-from-url.ts'
import { createTestServer, issuer, refusal, type TestServer } from './test-kit.test-support.ts'
import { workloadIdentity, type WorkloadIdentityOptions } from './workload-identity.ts'

let server: TestServer
let platformToken: string

beforeEach(() => {
  server = createTestServer()
  platformToken = 'platform-1'
})

const workload = (options: Partial<WorkloadIdentityOptions> = {}) =>
  workloadIdentity({
    issuer,
    use: 'exchange',
    token: async () => platformToken,
    runtime: server.runtime,
    ...options,
  })

const lastForm = () => Object.fromEntries(server.forms().at(-1) ?? [])

const exchanged = () =>
  json({ access_token: 'a', token_type: 'Bearer', issued_token_type: tokenTypes.accessToken, expires_in: 60 })

describe('the token of a platform', () => {
  it('is the subject of an exchange', async () => {
    server.always(exchanged)
    await workload({
      audience: 'pool',
      scope: 'orders.read',
      resource: 'https://api.example',
    }).getAccessToken()
    expect(lastForm()).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'platform-1',
      subject_token_type: tokenTypes.jwt,
      audience: 'pool',
      scope: 'orders.read',
      resource: 'https://api.example',
    })
  })

  it('is the grant itself', async () => {
    await workload({
      use: 'assertion',
      clientId: 'job',
      scope: 'a',
      resource: 'https://api.example',
      audience: 'x',
    }).getAccessToken()
    expect(lastForm()).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: 'platform-1',
      client_id: 'job',
      scope: 'a',
      audience: 'x',
    })
  })

  it("is the client's proof", async () => {
    await workload({ use: 'client-assertion', clientId: 'job' }).getAccessToken()
    expect(lastForm()).toEqual({
      grant_type: 'client_credentials',
      client_id: 'job',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'platform-1',
    })
  })

  it('is read anew for each exchange', async () => {
    const source = workload({ use: 'assertion' })
    await source.getAccessToken()
    platformToken = '\uFEFFplatform-2\n'
    await server.clock.advance(3_600)
    await source.getAccessToken()
    expect(server.forms().map((form) => form.get('assertion'))).toEqual(['platform-1', 'platform-2'])
  })

  it('is read once more where the server refuses it', async () => {
    server.next(() => {
      platformToken = 'platform-2'
      return refusal('invalid_grant')({ method: '', url: '', headers: new Headers(), body: '' })
    })
    await workload({ use: 'assertion' }).getAccessToken()
    expect(server.forms().map((form) => form.get('assertion'))).toEqual(['platform-1', 'platform-2'])
  })

  it('that is refused and still the same is not sent again', async () => {
    const date = new Date(server.clock.wallTime() + 3e6).toUTCString()
    server.always(refusal('invalid_grant', { headers: { date } }))
    await expect(workload({ use: 'assertion' }).getAccessToken()).rejects.toMatchObject({
      code: 'assertion_refused',
    })
    expect(server.forms()).toHaveLength(1)
  })

  it.each(['', '  \n', 'two words', '<html>\n</html>', 'x'.repeat(70_000)])(
    'that cannot be one is not sent',
    async (text) => {
      platformToken = text
      const error: unknown = await workload()
        .getAccessToken()
        .catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'credentials_unreadable' })
      expect(server.forms()).toHaveLength(0)
    },
  )
})

describe('a token from a URL', () => {
  const url = 'http://169.254.169.254/identity'

  it.each([
    ['as it is', undefined, () => new Response('from-url')],
    ['in a JSON answer', 'value', () => json({ value: 'from-url' })],
  ])('is taken %s', async (_, field, answer) => {
    server.on(url, answer)
    const headers = { 'x-metadata': 'yes' }
    const token = tokenFromUrl({
      url: `${url}?audience=x`,
      headers,
      ...(field && { field }),
      runtime: server.runtime,
    })
    await workload({ use: 'assertion', token }).getAccessToken()
    expect(lastForm()).toMatchObject({ assertion: 'from-url' })
    expect(server.requests[0]?.headers.get('x-metadata')).toBe('yes')
  })

  it.each([
    ['that is not there', () => new Response('no', { status: 404 }), 'credentials_unreadable'],
    ['without the member', () => json({ other: 1 }), 'credentials_unreadable'],
    ['that is no JSON', () => new Response('secret-secret'), 'credentials_unreadable'],
    ['that is huge', () => new Response('x'.repeat(100_000)), 'response_too_large'],
    [
      'that is elsewhere now',
      () => new Response('', { status: 302, headers: { location: 'https://evil.example' } }),
      'redirected',
    ],
  ])('%s is an error', async (_, answer, code) => {
    server.on(url, answer)
    const error: unknown = await tokenFromUrl({ url, field: 'value', runtime: server.runtime })
      .read()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code })
    expect(String((error as Error).message)).not.toContain('secret-secret')
  })

  it.each([
    ['http://metadata.example/token', 'insecure_url'],
    ['http://169.254.169.254.evil.example/', 'insecure_url'],
    ['nonsense', 'invalid_configuration'],
  ])('is not fetched from %s', (address, code) => {
    expect(() => tokenFromUrl({ url: address })).toThrow(expect.objectContaining({ code }))
  })

  it.each(['https://host.example/t', 'http://127.0.0.1:9/t', 'http://[::1]:9/t', 'http://[fd00:ec2::254]/t'])(
    'may be at %s',
    (address) => {
      expect(tokenFromUrl({ url: address })).toBeDefined()
    },
  )
})

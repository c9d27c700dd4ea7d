import { describe, expect, test } from 'vitest'
import { createServer, issuer } from '../test-support.ts'

async function read(server: ReturnType<typeof createServer>, url: string) {
  const response = await server.fetch(new Request(url))
  const isJson = response.headers.get('content-type') === 'application/json'
  return { response, body: isJson ? ((await response.json()) as Record<string, unknown>) : undefined }
}

const provingMethods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt']
const assertionAlgs = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519', 'HS256']

describe('discovery', () => {
  test('announces what there is', async () => {
    const { response, body } = await read(createServer(), `${issuer}/.well-known/openid-configuration`)
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    expect(body).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      revocation_endpoint: `${issuer}/revoke`,
      end_session_endpoint: `${issuer}/end-session`,
      device_authorization_endpoint: `${issuer}/device-authorization`,
      backchannel_authentication_endpoint: `${issuer}/backchannel-authenticate`,
      backchannel_token_delivery_modes_supported: ['poll'],
      backchannel_user_code_parameter_supported: false,
      response_types_supported: ['code'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
        'urn:ietf:params:oauth:grant-type:token-exchange',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:openid:params:grant-type:ciba',
      ],
      response_modes_supported: [
        'query',
        'fragment',
        'form_post',
        'jwt',
        'query.jwt',
        'fragment.jwt',
        'form_post.jwt',
      ],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['none', ...provingMethods],
      token_endpoint_auth_signing_alg_values_supported: assertionAlgs,
      revocation_endpoint_auth_methods_supported: ['none', ...provingMethods],
      introspection_endpoint: `${issuer}/introspect`,
      introspection_endpoint_auth_methods_supported: provingMethods,
      introspection_endpoint_auth_signing_alg_values_supported: assertionAlgs,
      introspection_signing_alg_values_supported: ['ES256'],
      pushed_authorization_request_endpoint: `${issuer}/par`,
      require_pushed_authorization_requests: false,
      registration_endpoint: `${issuer}/register`,
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      require_signed_request_object: false,
      request_object_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
      authorization_signing_alg_values_supported: ['ES256'],
      authorization_details_types_supported: ['payment_initiation'],
      userinfo_signing_alg_values_supported: ['ES256'],
      claims_parameter_supported: true,
      protected_resources: [`${issuer}/resource`],
      code_challenge_methods_supported: ['S256'],
      dpop_signing_alg_values_supported: ['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA', 'Ed25519'],
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
    })
  })

  test('follows the options', async () => {
    const server = createServer({
      requirePushedAuthorizationRequests: true,
      authorizationDetailsTypes: { loan: 'Lend a book' },
      protectedResources: [{ path: '/a' }, { path: '/b' }],
      signingAlg: 'EdDSA',
    })
    const { body } = await read(server, `${issuer}/.well-known/openid-configuration`)
    expect(body).toMatchObject({
      require_pushed_authorization_requests: true,
      authorization_details_types_supported: ['loan'],
      protected_resources: [`${issuer}/a`, `${issuer}/b`],
      userinfo_signing_alg_values_supported: ['EdDSA'],
    })
  })

  test.each([
    ['https://as.example', '/.well-known/openid-configuration'],
    ['https://as.example', '/.well-known/oauth-authorization-server'],
    ['https://as.example/', '/.well-known/openid-configuration'],
    ['https://as.example/tenant/a', '/tenant/a/.well-known/openid-configuration'],
    ['https://as.example/tenant/a', '/.well-known/openid-configuration/tenant/a'],
    ['https://as.example/tenant/a', '/tenant/a/.well-known/oauth-authorization-server'],
    ['https://as.example/tenant/a', '/.well-known/oauth-authorization-server/tenant/a'],
  ])('of %s is found at %s', async (issuer, path) => {
    const { body } = await read(createServer({ issuer }), `https://as.example${path}`)
    expect(body?.['issuer']).toBe(issuer)
    expect(body?.['token_endpoint']).toBe(`${issuer.replace(/\/$/, '')}/token`)
  })

  test('of an issuer with a path is not found at the root', async () => {
    const server = createServer({ issuer: 'https://as.example/tenant' })
    const { response } = await read(server, 'https://as.example/.well-known/openid-configuration')
    expect(response.status).toBe(404)
  })
})

describe('the key set', () => {
  test('holds public keys only', async () => {
    const { body } = await read(createServer(), `${issuer}/jwks`)
    const key = { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }
    const members = { ...key, kid: expect.any(String), x: expect.any(String), y: expect.any(String) }
    expect(body).toEqual({ keys: [members] })
  })
})

import { SignJWT, exportJWK, generateKeyPair } from 'jose'

/** Answers a request as an authorization server; the issuer is the origin that was asked. */
export type Handler = (request: Request) => Promise<Response>

const hour = 3600
const codePrefix = 'code.'

/**
 * The least that lets every contestant log in: it asks nobody for a password, gives the same answer to all and checks
 * nothing. It knows none of our packages. Okta's and Auth0's clients build the addresses of their endpoints themselves:
 * the end of the path decides.
 */
export async function createAuthorizationServer(): Promise<Handler> {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }
  const sign = (claims: Record<string, string>) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey)

  const issueTokens = async (issuer: string, form: URLSearchParams) => {
    const aud = form.get('client_id') ?? ''
    const nonce = nonceOf(form.get('code'))
    const claims = { iss: issuer, sub: 'ada', aud, ...(nonce && { nonce }) }
    return {
      token_type: 'Bearer',
      expires_in: hour,
      scope: 'openid profile offline_access',
      access_token: await sign({ ...claims, scope: 'openid profile offline_access' }),
      refresh_token: await sign({ ...claims, typ: 'Refresh' }), // keycloak-js reads its expiry
      id_token: await sign({ ...claims, preferred_username: 'ada' }),
    }
  }

  return async (request) => {
    const { origin, pathname, searchParams } = new URL(request.url)
    const headers = corsFor(request)
    const json = (body: object) => Response.json(body, { headers })
    if (request.method === 'OPTIONS') return new Response(null, { headers })
    if (pathname.endsWith('/openid-configuration')) return json(metadataOf(origin))
    if (pathname.endsWith('/jwks')) return json({ keys: [jwk] })
    if (pathname.endsWith('/authorize')) return redirectBack(searchParams)
    if (!pathname.endsWith('/token')) return new Response('', { status: 404 })
    const issuer = pathname === '/oauth/token' ? `${origin}/` : origin // Auth0's issuers end in a slash
    return json(await issueTokens(issuer, new URLSearchParams(await request.text())))
  }
}

function corsFor({ headers }: Request): Record<string, string> {
  return {
    'access-control-allow-origin': headers.get('origin') ?? '*',
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': headers.get('access-control-request-headers') ?? '*',
    'cache-control': 'no-store',
  }
}

function metadataOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/end-session`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
  }
}

function nonceOf(code: string | null): string {
  return Buffer.from(code?.slice(codePrefix.length) ?? '', 'base64url').toString()
}

/** The code holds the nonce, so that the server keeps nothing between the two requests. */
function redirectBack(parameters: URLSearchParams): Response {
  const url = new URL(parameters.get('redirect_uri') ?? '')
  const answer = new URLSearchParams({ state: parameters.get('state') ?? '' })
  if (parameters.get('prompt') === 'none') answer.set('error', 'login_required')
  else answer.set('code', codePrefix + Buffer.from(parameters.get('nonce') ?? '').toString('base64url'))
  if (parameters.get('response_mode') === 'fragment') url.hash = answer.toString()
  else url.search = answer.toString()
  return new Response(null, { status: 302, headers: { location: url.href } })
}

import { createManualClock } from '@oauth-concierge/core/testing'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type OidcProvider from 'oidc-provider'
import type { ClientMetadata, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { browse } from '../servers/headless-browser.ts'
import { serveOidcProvider } from '../servers/oidc-provider-server.ts'
import { createNetwork } from './network.ts'
import { registerExtensionGrants } from './oidc-provider-grants.ts'
import {
  authenticate,
  createSharedClock,
  createSigner,
  postLogoutRedirectUri,
  redirectUri,
  secret,
  signAssertion,
} from './client.ts'
import type { Needs, Proof, Visit } from './visit.ts'

const clientId = 'app'
const scope = 'openid profile email offline_access'
const person = { username: 'ada', password: 'correct horse', consent: 'allow' } as const

/** Opens a visit at oidc-provider, an authorization server that nobody here wrote, on a loopback port. */
export async function visitOidcProvider(needs: Needs): Promise<Visit> {
  const { jwk, signer } = await createSigner()
  const { provider, issuer, close } = await serveOidcProvider(await configure(needs, jwk))
  registerExtensionGrants(provider)
  const clock = createSharedClock(createManualClock(Math.floor(Date.now() / 1000)))
  const hasCertificate = needs.proof === 'tls_client_auth'
  const network = createNetwork((url, init) => fetch(url, hasCertificate ? withCertificate(init) : init))
  return {
    server: 'oidc-provider',
    issuer,
    options: {
      issuer,
      clientId,
      clientAuthentication: authenticate(proofOf(needs), signer),
      runtime: { clock, http: network.http },
    },
    scope,
    redirectUri,
    postLogoutRedirectUri,
    signer,
    clock,
    person,
    network,
    visitPages: (url, until) => browse(network.http, url, person, until),
    approveDevice: async ({ verificationUriComplete = '' }) =>
      void (await browse(network.http, verificationUriComplete, person)),
    approveBackchannel: ({ authReqId }) => approve(provider, authReqId),
    signAssertion: () => signAssertion({ clientId, signer, clock }, issuer),
    close,
  }
}

async function configure(needs: Needs, jwk: JWK): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'server-1', alg: 'ES256', use: 'sig' }] },
    clients: [registration(needs, jwk)],
    clientAuthMethods: [
      'none',
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'tls_client_auth',
    ],
    enabledJWA: { clientAuthSigningAlgValues: ['HS256', 'ES256'] },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'orders.read', 'orders.write'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    responseTypes: ['code'],
    clientBasedCORS: () => true,
    rotateRefreshToken: () => needs.rotation !== 'none',
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, name: 'Ada Example', email: 'ada@example.com' }),
    }),
    cookies: { keys: ['only for tests'] },
    // The client's clock runs ahead of this server's where a flow lets time pass.
    ttl: {
      AccessToken: 3_600,
      IdToken: 86_000,
      RefreshToken: 86_400,
      Session: 86_400,
      Grant: 86_400,
      Interaction: 600,
    },
    features: features(needs),
  }
}

const proofOf = ({ proof, hasSecret }: Needs): Proof => proof ?? (hasSecret ? 'client_secret_basic' : 'none')

function registration(needs: Needs, jwk: JWK): ClientMetadata {
  const proof = proofOf(needs).replace(/_raw$/, '') as ClientMetadata['token_endpoint_auth_method']
  const grantTypes = needs.grantTypes ?? ['authorization_code', 'refresh_token']
  const isRedirected = grantTypes.includes('authorization_code')
  return {
    client_id: clientId,
    ...(proof && { token_endpoint_auth_method: proof }),
    ...(/secret/.test(proof ?? '') && { client_secret: secret }),
    ...(proof === 'tls_client_auth' && { tls_client_auth_subject_dn: subject }),
    ...(proof === 'client_secret_jwt' && { token_endpoint_auth_signing_alg: 'HS256' as const }),
    redirect_uris: isRedirected ? [redirectUri] : [],
    response_types: isRedirected ? ['code'] : [],
    post_logout_redirect_uris: [postLogoutRedirectUri],
    grant_types: [...grantTypes],
    jwks: { keys: [jwk] },
    id_token_signed_response_alg: 'ES256',
    ...(needs.pushedRequestsOnly && { require_pushed_authorization_requests: true }),
    ...(needs.signedUserInfo && { userinfo_signed_response_alg: 'ES256' as const }),
    authorization_signed_response_alg: 'ES256',
    authorization_details_types: ['payment_initiation'],
    ...(needs.dpop && { dpop_bound_access_tokens: true }),
    ...(grantTypes.includes('urn:openid:params:grant-type:ciba') && {
      backchannel_token_delivery_mode: 'poll' as const,
    }),
  }
}

function features(needs: Needs): NonNullable<Configuration['features']> {
  const anyDetails = (_context: KoaContextWithOIDC, source: { readonly rar?: unknown }) => source.rar
  return {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    jwtResponseModes: { enabled: true },
    jwtUserinfo: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    registration: { enabled: true },
    requestObjects: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    mTLS: {
      enabled: true,
      tlsClientAuth: true,
      getCertificate: (context) => context.get(certificateHeader) || undefined,
      certificateAuthorized: () => true,
      certificateSubjectMatches: (context, _property, expected) =>
        context.get(certificateHeader) === expected,
    },
    dPoP: {
      enabled: true,
      nonceSecret: Buffer.alloc(32, 'only for tests'),
      requireNonce: () => needs.dpop === 'with nonces',
    },
    ciba: {
      enabled: true,
      deliveryModes: ['poll'],
      processLoginHint: async (_context, hint) => hint,
      verifyUserCode: async () => undefined,
      validateRequestContext: async () => undefined,
      triggerAuthenticationDevice: async () => undefined,
    },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: async () => false,
      getResourceServerInfo: async () => ({
        scope: 'orders.read orders.write',
        accessTokenFormat: 'opaque' as const,
        accessTokenTTL: 3_600,
      }),
    },
    richAuthorizationRequests: {
      enabled: true,
      types: { payment_initiation: { validate: async () => undefined } },
      authorizationDetailsForGrantSource: ({ oidc }: KoaContextWithOIDC) => oidc.grant?.rar,
      authorizationDetailsForAccessToken: (
        _context: KoaContextWithOIDC,
        _token: unknown,
        source: { rar?: unknown },
      ) => source.rar,
      authorizationDetailsForIntrospection: anyDetails,
    } as never,
  }
}

const subject = 'CN=app'
const certificateHeader = 'x-client-certificate-subject'

/** What the TLS connection of a client with a certificate looks like behind the proxy that ends it. */
function withCertificate(init: RequestInit): RequestInit {
  const headers = new Headers(init.headers)
  headers.set(certificateHeader, subject)
  return { ...init, headers }
}

/** What the user does on the device that the server knows. */
async function approve(provider: OidcProvider, authReqId: string): Promise<void> {
  const request = await provider.BackchannelAuthenticationRequest.find(authReqId)
  if (!request?.accountId || !request.clientId) throw new Error('no such backchannel authentication')
  const grant = new provider.Grant({ accountId: request.accountId, clientId: request.clientId })
  grant.addOIDCScope(scope)
  await provider.backchannelResult(request, await grant.save())
}

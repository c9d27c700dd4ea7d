import { createPrivateKey } from 'node:crypto'
import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import {
  type ClientAuthenticationName,
  type ClientOptions,
  createReferenceServer,
  type DialectName,
  type ReferenceServer,
  type ReferenceServerOptions,
} from '@oauth-concierge/reference-server'
import { type JWK, SignJWT } from 'jose'
import { browse } from '../servers/headless-browser.ts'
import {
  authenticate,
  createSharedClock,
  createSigner,
  postLogoutRedirectUri,
  redirectUri,
  secret,
  signAssertion,
} from './client.ts'
import { createNetwork } from './network.ts'
import type { Needs, Proof, Visit } from './visit.ts'

/** What tells one dialect from the next before the first request. */
interface Style {
  readonly issuer: string
  readonly clientId: string
  readonly proof: Proof
  readonly secretProof?: Proof
  readonly username: string
  readonly scope: string
  readonly options?: Partial<ReferenceServerOptions>
  /** Endpoints, for the dialects that publish no metadata. */
  readonly metadata?: Readonly<Record<string, string>>
}

const issuer = 'https://id.example'
const openId = 'openid profile email offline_access'

const styles: Readonly<Record<DialectName, Style>> = {
  standard: { issuer, clientId: 'app', proof: 'none', username: 'ada', scope: openId },
  passport: {
    issuer,
    clientId: '7',
    proof: 'none',
    username: '1001',
    scope: 'openid profile email',
    options: { passport: { passwordGrant: true, fullDiscovery: true } },
  },
  authn: {
    issuer,
    clientId: 'app',
    proof: 'client_secret_basic',
    username: 'ada',
    scope: 'orders.read',
    metadata: {
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
    },
  },
  gluu: {
    issuer,
    clientId: '@!1111!0008!FF81!2D39',
    proof: 'client_secret_basic_raw',
    secretProof: 'client_secret_basic_raw',
    username: 'ada',
    scope: 'storage',
    metadata: { token_endpoint: `${issuer}/oxauth/seam/resource/restv1/oxauth/token` },
  },
  auth0: {
    issuer: 'https://tenant.example/',
    clientId: 'app',
    proof: 'none',
    secretProof: 'client_secret_post',
    username: 'ada@example.com',
    scope: openId,
  },
}

/** Opens a visit at the reference server, in process, in one of its dialects. */
export async function visitReference(dialect: DialectName, needs: Needs): Promise<Visit> {
  const style = styles[dialect]
  const { jwk, signer } = await createSigner()
  const clock = createSharedClock(createManualClock())
  const server = createReferenceServer({
    ...style.options,
    dialect,
    issuer: style.issuer,
    clock: () => clock.wallTime() / 1000,
    clients: [registration({ dialect, ...style }, needs, jwk), ...administrators(dialect)],
    ...(needs.rotation && {
      refreshTokenRotation: needs.rotation === 'grace' ? { grace: 60 } : needs.rotation,
    }),
    dpop: { nonces: needs.dpop === 'without nonces' ? 'off' : 'required' },
  })
  const network = createNetwork((url, init) => server.fetch(new Request(url, init)))
  const person = { username: style.username, password: 'password', consent: 'allow' } as const
  const tell = { clientId: style.clientId, signer, clock }
  return {
    server: dialect,
    issuer: server.issuer,
    options: {
      issuer: server.issuer,
      clientId: style.clientId,
      clientAuthentication: authenticate(proofOf(style, needs), signer),
      runtime: { clock, http: network.http },
      ...(style.metadata && { metadata: style.metadata }),
    },
    scope: style.scope,
    redirectUri,
    postLogoutRedirectUri,
    signer,
    clock,
    person,
    network,
    visitPages: (url, until) => browse(network.http, url, person, until),
    approveDevice: async ({ userCode }) => server.approveDevice({ userCode }),
    approveBackchannel: async ({ authReqId }) => server.approveBackchannelAuthentication({ authReqId }),
    signAssertion: () =>
      dialect === 'authn' ? signWithFile(server, clock) : signAssertion(tell, server.issuer),
    close: async () => undefined,
  }
}

function proofOf({ proof, secretProof = 'client_secret_basic' }: Style, needs: Needs): Proof {
  return needs.proof ?? (needs.hasSecret ? secretProof : proof)
}

function registration(
  style: Style & { readonly dialect: DialectName },
  needs: Needs,
  jwk: JWK,
): ClientOptions {
  const proof = proofOf(style, needs)
  const grantTypes = needs.grantTypes ?? ['authorization_code', 'refresh_token']
  return {
    clientId: style.clientId,
    redirectUris: [redirectUri],
    postLogoutRedirectUris: [postLogoutRedirectUri],
    grantTypes,
    jwks: { keys: [jwk] },
    tokenEndpointAuthMethod: proof.replace(/_raw$/, '') as ClientAuthenticationName,
    ...(/secret/.test(proof) && { clientSecret: secret }),
    ...(grantTypes.some((name) => name.endsWith('jwt-bearer')) && { serviceAccount: {} }),
    ...(needs.pushedRequestsOnly && { requirePushedAuthorizationRequests: true }),
    ...(needs.signedUserInfo && { userinfoSignedResponseAlg: 'ES256' as const }),
    ...(needs.dpop && style.dialect === 'standard' && { dpopBoundAccessTokens: true }),
  }
}

/** Whoever makes service accounts at the dialect that has files for them. */
function administrators(dialect: DialectName): readonly ClientOptions[] {
  const scopes = ['service-accounts.write']
  return dialect === 'authn'
    ? [{ clientId: 'admin', clientSecret: 'admin', grantTypes: ['client_credentials'], scopes }]
    : []
}

type ServiceAccountFile = Readonly<
  Record<'client_email' | 'private_key_id' | 'private_key' | 'token_uri', string>
>

/** An assertion by a service-account file, as the dialect `authn` gives them out: scope inside, audience is the token endpoint. */
async function signWithFile(server: ReferenceServer, clock: ManualClock): Promise<string> {
  const answer = await server.fetch(
    new Request(`${issuer}/admin/service-accounts`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'nightly-sync' }),
    }),
  )
  const { client_email, private_key_id, private_key, token_uri } = (await answer.json()) as ServiceAccountFile
  const iat = Math.floor(clock.wallTime() / 1000)
  return new SignJWT({ scope: 'orders.read', iss: client_email })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: private_key_id })
    .setAudience(token_uri)
    .setIssuedAt(iat)
    .setExpirationTime(iat + 600)
    .sign(createPrivateKey(private_key))
}

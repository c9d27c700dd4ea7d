import { authorizeEndpoint } from '../authorization/authorize-endpoint.ts'
import { consentEndpoint } from '../authorization/consent-endpoint.ts'
import { answerWithCode } from '../authorization/continue-authorization.ts'
import { loginEndpoint } from '../authorization/login-endpoint.ts'
import { clientSecretBasic, publicClient } from '../clients/client-authentication.ts'
import type { Dialect } from '../context.ts'
import { jwtBearerGrantType } from '../grant-types.ts'
import { implicitResponse } from '../legacy/implicit-response.ts'
import { buildPasswordGrant } from '../legacy/password-grant.ts'
import { jwksEndpoint } from '../metadata/jwks-endpoint.ts'
import type { ReferenceServerOptions } from '../options.ts'
import type { ServerClock } from '../state/clock.ts'
import { authorizationCodeGrant } from '../tokens/authorization-code-grant.ts'
import { refreshTokenGrant } from '../tokens/refresh-token-grant.ts'
import { tokenEndpoint } from '../tokens/token-endpoint.ts'
import { createAgentLogins } from './authn/agent-logins.ts'
import { buildAssertionGrant, clientOfAssertion } from './authn/assertion-grant.ts'
import { authnDefaults } from './authn/authn-defaults.ts'
import {
  buildAuthnAccessToken,
  buildAuthnRefreshToken,
  buildAuthnTokenResponse,
} from './authn/authn-tokens.ts'
import { readOnlyRedirectUri } from './authn/redirect-uri.ts'
import { createServiceAccountsEndpoint } from './authn/service-accounts-endpoint.ts'
import type { ServiceAccount } from './authn/service-accounts.ts'
import { buildClientCredentialsGrant } from '../tokens/client-credentials-grant.ts'
import { moveEndpoint } from './move-endpoint.ts'
import { standard } from './standard.ts'

/** The login service of a company: plain OAuth, service accounts, and no metadata. */
export function createAuthn({ authn: options = {} }: ReferenceServerOptions, clock: ServerClock): Dialect {
  const { agents = ['agent'], mustChangePassword = ['grace'], projectId = 'project-1' } = options
  const agentLogins = createAgentLogins(agents, clock)
  const accounts = new Map<string, ServiceAccount>()
  const findAccount = (privateKeyId: string) => accounts.get(privateKeyId)
  const keep = (account: ServiceAccount) => void accounts.set(account.privateKeyId, account)
  return {
    ...standard,
    name: 'authn',
    defaults: authnDefaults,
    endpoints: [
      moveEndpoint(authorizeEndpoint, '/oauth/authorize'),
      loginEndpoint,
      consentEndpoint,
      moveEndpoint(tokenEndpoint, '/oauth/token'),
      moveEndpoint(jwksEndpoint, '/oauth/jwks'),
      agentLogins.endpoint,
      createServiceAccountsEndpoint({ projectId, keep }),
    ],
    responseTypes: {
      code: { grantType: 'authorization_code', answer: answerWithCode },
      token: implicitResponse('/#'),
    },
    codeChallengeMethods: ['S256', 'plain'],
    dpop: false,
    sendsIssuer: false,
    readRedirectUri: readOnlyRedirectUri,
    grants: {
      authorization_code: authorizationCodeGrant,
      refresh_token: refreshTokenGrant,
      password: buildPasswordGrant({
        findUser: agentLogins.findUser,
        more: ({ username }) =>
          mustChangePassword.includes(username) ? { require_password_change: true } : {},
      }),
      client_credentials: buildClientCredentialsGrant(),
      [jwtBearerGrantType]: buildAssertionGrant(findAccount),
    },
    clientsOfGrants: { [jwtBearerGrantType]: clientOfAssertion(findAccount) },
    clientAuthenticationMethods: {
      none: publicClient,
      client_secret_basic: clientSecretBasic,
    },
    buildAccessToken: (context, facts) => buildAuthnAccessToken(context, facts, options),
    buildRefreshToken: (context, facts) => buildAuthnRefreshToken(context, facts, options),
    buildIdToken: undefined,
    buildTokenResponse: buildAuthnTokenResponse,
  }
}

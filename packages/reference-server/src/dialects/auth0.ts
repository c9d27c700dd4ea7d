import { authorizeEndpoint } from '../authorization/authorize-endpoint.ts'
import { consentEndpoint } from '../authorization/consent-endpoint.ts'
import { answerWithCode } from '../authorization/continue-authorization.ts'
import { loginEndpoint } from '../authorization/login-endpoint.ts'
import { clientSecretBasic, clientSecretPost, publicClient } from '../clients/client-authentication.ts'
import { grantOpenScopes } from '../clients/requested-scopes.ts'
import type { Dialect } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { openidConfigurationEndpoint } from '../metadata/discovery-endpoints.ts'
import { jwksEndpoint } from '../metadata/jwks-endpoint.ts'
import type { ReferenceServerOptions } from '../options.ts'
import { authorizationCodeGrant } from '../tokens/authorization-code-grant.ts'
import { refreshTokenGrant } from '../tokens/refresh-token-grant.ts'
import { revocationEndpoint } from '../tokens/revocation-endpoint.ts'
import { tokenEndpoint } from '../tokens/token-endpoint.ts'
import { userInfoEndpoint } from '../tokens/user-info-endpoint.ts'
import { checkAudience } from './auth0/audience.ts'
import { auth0Defaults } from './auth0/auth0-defaults.ts'
import {
  buildAuth0AccessToken,
  buildAuth0IdTokenClaims,
  buildAuth0TokenResponse,
} from './auth0/auth0-tokens.ts'
import { buildAuth0Metadata } from './auth0/auth0-metadata.ts'
import { auth0LogoutEndpoint } from './auth0/logout-endpoint.ts'
import { buildClientCredentialsGrant } from '../tokens/client-credentials-grant.ts'
import { moveEndpoint } from './move-endpoint.ts'
import { standard } from './standard.ts'

function clientCredentialsGrant(apis: readonly string[]): Dialect['grants'][string] {
  return buildClientCredentialsGrant({
    subjectOf: ({ clientId }) => `${clientId}@clients`,
    check({ parameters }) {
      checkAudience(parameters, apis)
      if (parameters.has('audience')) return
      throw new OAuthError('access_denied', 'no audience was named', { status: 403 })
    },
  })
}

/** A hosted identity service. */
export function createAuth0({ auth0: options = {} }: ReferenceServerOptions): Dialect {
  const { apis = ['https://api.example/'] } = options
  return {
    ...standard,
    name: 'auth0',
    defaults: auth0Defaults,
    endpoints: [
      openidConfigurationEndpoint,
      moveEndpoint(jwksEndpoint, '/.well-known/jwks.json'),
      authorizeEndpoint,
      moveEndpoint(loginEndpoint, '/u/login'),
      moveEndpoint(consentEndpoint, '/u/consent'),
      moveEndpoint(tokenEndpoint, '/oauth/token'),
      userInfoEndpoint,
      moveEndpoint(revocationEndpoint, '/oauth/revoke'),
      auth0LogoutEndpoint,
    ],
    responseTypes: { code: { grantType: 'authorization_code', answer: answerWithCode } },
    dpop: false,
    sendsIssuer: false,
    grantScopes: grantOpenScopes,
    checkAuthorizationRequest: (parameters) => checkAudience(parameters, apis),
    grantsRefreshToken: (client, scopes) =>
      client.grantTypes.includes('refresh_token') && scopes.includes('offline_access'),
    readIssuer: ({ issuer }) => issuer.replace(/\/?$/, '/'),
    grants: {
      authorization_code: authorizationCodeGrant,
      refresh_token: refreshTokenGrant,
      client_credentials: clientCredentialsGrant(apis),
    },
    clientAuthenticationMethods: {
      none: publicClient,
      client_secret_basic: clientSecretBasic,
      client_secret_post: clientSecretPost,
    },
    buildMetadata: buildAuth0Metadata,
    buildAccessToken: buildAuth0AccessToken,
    buildIdTokenClaims: buildAuth0IdTokenClaims,
    buildTokenResponse: buildAuth0TokenResponse,
  }
}

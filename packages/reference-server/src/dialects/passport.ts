import { authorizeEndpoint } from '../authorization/authorize-endpoint.ts'
import { consentEndpoint } from '../authorization/consent-endpoint.ts'
import { createLoginEndpoint } from '../authorization/login-endpoint.ts'
import { clientSecretBasic, clientSecretPost, publicClient } from '../clients/client-authentication.ts'
import type { Dialect } from '../context.ts'
import { buildPasswordGrant } from '../legacy/password-grant.ts'
import { openidConfigurationEndpoint } from '../metadata/discovery-endpoints.ts'
import { jwksEndpoint } from '../metadata/jwks-endpoint.ts'
import type { ReferenceServerOptions } from '../options.ts'
import { authorizationCodeGrant } from '../tokens/authorization-code-grant.ts'
import { introspectionEndpoint } from '../tokens/introspection-endpoint.ts'
import { refreshTokenGrant } from '../tokens/refresh-token-grant.ts'
import { revocationEndpoint } from '../tokens/revocation-endpoint.ts'
import { tokenEndpoint } from '../tokens/token-endpoint.ts'
import { userInfoEndpoint } from '../tokens/user-info-endpoint.ts'
import { moveEndpoint } from './move-endpoint.ts'
import { passportLogoutEndpoint } from './passport/logout-endpoint.ts'
import { passportDefaults } from './passport/passport-defaults.ts'
import { buildPassportError, refusePassportRefreshToken } from './passport/passport-errors.ts'
import { accountGuard, adminGuard } from './passport/passport-guards.ts'
import { buildPassportMetadata } from './passport/passport-metadata.ts'
import {
  buildPassportAccessToken,
  buildPassportIdTokenClaims,
  buildPassportRefreshToken,
  buildPassportTokenResponse,
} from './passport/passport-tokens.ts'
import { accountProfileEndpoint, adminProfileEndpoint } from './passport/profile-endpoints.ts'
import { throttled } from './passport/throttled.ts'
import { standard } from './standard.ts'

/** The OAuth server of a PHP framework, extended into an OpenID provider. */
export function createPassport({ passport: options = {} }: ReferenceServerOptions): Dialect {
  return {
    ...standard,
    name: 'passport',
    defaults: passportDefaults,
    endpoints: [
      openidConfigurationEndpoint,
      moveEndpoint(jwksEndpoint, '/oauth/jwks'),
      moveEndpoint(authorizeEndpoint, '/oauth/authorize'),
      createLoginEndpoint(accountGuard, '/account/login'),
      createLoginEndpoint(adminGuard, '/admin/login'),
      moveEndpoint(consentEndpoint, '/oauth/consent'),
      moveEndpoint(throttled(tokenEndpoint, options.throttle), '/oauth/token'),
      moveEndpoint(userInfoEndpoint, '/oauth/userinfo'),
      moveEndpoint(introspectionEndpoint, '/oauth/introspect'),
      moveEndpoint(revocationEndpoint, '/oauth/revoke'),
      passportLogoutEndpoint,
      accountProfileEndpoint,
      adminProfileEndpoint,
    ],
    guards: [accountGuard, adminGuard],
    codeChallengeMethods: ['S256', 'plain'],
    dpop: false,
    sendsIssuer: false,
    namesKeys: options.keyIds ?? false,
    refreshEndsAccessTokens: true,
    refuseRefreshToken: (fault) => refusePassportRefreshToken(fault, options),
    buildError: buildPassportError,
    readIssuer: ({ issuer }) =>
      options.issuerScheme ? issuer.replace(/^https?/, options.issuerScheme) : issuer,
    grants: {
      authorization_code: authorizationCodeGrant,
      refresh_token: refreshTokenGrant,
      ...(options.passwordGrant && { password: buildPasswordGrant() }),
    },
    clientAuthenticationMethods: {
      none: publicClient,
      client_secret_basic: clientSecretBasic,
      client_secret_post: clientSecretPost,
    },
    buildMetadata: (context) => buildPassportMetadata(context, options),
    buildAccessToken: (context, facts) => buildPassportAccessToken(context, facts, options),
    buildRefreshToken: buildPassportRefreshToken,
    buildIdTokenClaims: (context, facts) => buildPassportIdTokenClaims(context, facts, options),
    buildTokenResponse: buildPassportTokenResponse,
  }
}

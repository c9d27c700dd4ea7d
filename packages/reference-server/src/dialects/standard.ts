import { clientOfAssertion, jwtBearerGrant } from '../assertions/jwt-bearer-grant.ts'
import { authorizeEndpoint } from '../authorization/authorize-endpoint.ts'
import { answerWithCode } from '../authorization/continue-authorization.ts'
import { consentEndpoint } from '../authorization/consent-endpoint.ts'
import { loginEndpoint } from '../authorization/login-endpoint.ts'
import { backchannelAuthenticationEndpoint } from '../ciba/backchannel-authentication-endpoint.ts'
import { cibaGrant } from '../ciba/ciba-grant.ts'
import { pushedAuthorizationRequestEndpoint } from '../authorization/pushed-authorization-request-endpoint.ts'
import { clientSecretJwt, privateKeyJwt } from '../clients/client-assertion.ts'
import { clientSecretBasic, clientSecretPost, publicClient } from '../clients/client-authentication.ts'
import { readNamedRedirectUri } from '../clients/redirect-uri.ts'
import { grantAllScopes } from '../clients/requested-scopes.ts'
import type { Dialect } from '../context.ts'
import { deviceAuthorizationEndpoint } from '../device/device-authorization-endpoint.ts'
import { deviceCodeGrant } from '../device/device-code-grant.ts'
import {
  deviceConfirmEndpoint,
  deviceEndpoint,
  deviceLoginEndpoint,
} from '../device/device-page-endpoints.ts'
import {
  cibaGrantType,
  deviceCodeGrantType,
  jwtBearerGrantType,
  tokenExchangeGrantType,
} from '../grant-types.ts'
import { webGuard } from '../guards.ts'
import { buildError } from '../http/answers.ts'
import { endSessionConfirmEndpoint, endSessionEndpoint } from '../logout/end-session-endpoint.ts'
import {
  authorizationServerMetadataEndpoint,
  openidConfigurationEndpoint,
} from '../metadata/discovery-endpoints.ts'
import { jwksEndpoint } from '../metadata/jwks-endpoint.ts'
import { buildMetadata } from '../metadata/server-metadata.ts'
import { tokenExchangeGrant } from '../token-exchange/token-exchange-grant.ts'
import { clientConfigurationEndpoint, registrationEndpoint } from '../registration/registration-endpoint.ts'
import { buildResourceEndpoints } from '../resources/protected-resource.ts'
import { buildJwtAccessToken } from '../tokens/access-token.ts'
import { authorizationCodeGrant } from '../tokens/authorization-code-grant.ts'
import { clientCredentialsGrant } from '../tokens/client-credentials-grant.ts'
import { introspectionEndpoint } from '../tokens/introspection-endpoint.ts'
import { buildIdToken, buildIdTokenClaims } from '../tokens/id-token.ts'
import { checkCodeVerifier } from '../tokens/pkce.ts'
import { refreshTokenGrant } from '../tokens/refresh-token-grant.ts'
import { refuseRefreshToken } from '../tokens/refresh-token-rotation.ts'
import { revocationEndpoint } from '../tokens/revocation-endpoint.ts'
import { tokenEndpoint } from '../tokens/token-endpoint.ts'
import { buildTokenResponse } from '../tokens/token-response.ts'
import { userInfoEndpoint } from '../tokens/user-info-endpoint.ts'

/** By the book. */
export const standard: Dialect = {
  name: 'standard',
  defaults: {},
  endpoints: [
    openidConfigurationEndpoint,
    authorizationServerMetadataEndpoint,
    jwksEndpoint,
    authorizeEndpoint,
    pushedAuthorizationRequestEndpoint,
    loginEndpoint,
    consentEndpoint,
    tokenEndpoint,
    userInfoEndpoint,
    revocationEndpoint,
    introspectionEndpoint,
    registrationEndpoint,
    clientConfigurationEndpoint,
    endSessionEndpoint,
    endSessionConfirmEndpoint,
    deviceAuthorizationEndpoint,
    deviceEndpoint,
    deviceLoginEndpoint,
    deviceConfirmEndpoint,
    backchannelAuthenticationEndpoint,
  ],
  dpop: true,
  buildResourceEndpoints,
  guards: [webGuard],
  responseTypes: { code: { grantType: 'authorization_code', answer: answerWithCode } },
  codeChallengeMethods: ['S256'],
  sendsIssuer: true,
  sendsStateWithErrors: true,
  losesNonceOnConsent: false,
  namesKeys: true,
  refreshEndsAccessTokens: false,
  readRedirectUri: readNamedRedirectUri,
  grantScopes: grantAllScopes,
  grantsRefreshToken: (client) => client.grantTypes.includes('refresh_token'),
  refuseRefreshToken,
  checkCodeVerifier,
  buildError,
  readIssuer: (settings) => settings.issuer,
  grants: {
    authorization_code: authorizationCodeGrant,
    refresh_token: refreshTokenGrant,
    client_credentials: clientCredentialsGrant,
    [jwtBearerGrantType]: jwtBearerGrant,
    [tokenExchangeGrantType]: tokenExchangeGrant,
    [deviceCodeGrantType]: deviceCodeGrant,
    [cibaGrantType]: cibaGrant,
  },
  clientsOfGrants: { [jwtBearerGrantType]: clientOfAssertion },
  clientAuthenticationMethods: {
    none: publicClient,
    client_secret_basic: clientSecretBasic,
    client_secret_post: clientSecretPost,
    client_secret_jwt: clientSecretJwt,
    private_key_jwt: privateKeyJwt,
  },
  buildMetadata,
  buildAccessToken: buildJwtAccessToken,
  buildRefreshToken: async ({ newSecret }) => newSecret(),
  buildIdToken,
  buildIdTokenClaims,
  buildTokenResponse,
}

import { rawBasic } from '../clients/client-authentication.ts'
import type { Dialect, Endpoint, ServerContext } from '../context.ts'
import { buildPasswordGrant } from '../legacy/password-grant.ts'
import type { ReferenceServerOptions } from '../options.ts'
import type { ServerClock } from '../state/clock.ts'
import { newUuid } from '../state/secret-forms.ts'
import { buildHmacIdToken } from '../tokens/hmac-id-token.ts'
import { refreshTokenGrant } from '../tokens/refresh-token-grant.ts'
import { tokenEndpoint } from '../tokens/token-endpoint.ts'
import { buildClientCredentialsGrant } from '../tokens/client-credentials-grant.ts'
import { createGatEndpoint } from './gluu/gat-endpoint.ts'
import { createGatResourceEndpoint } from './gluu/gat-resource-endpoint.ts'
import { createGatStore } from './gluu/gat-store.ts'
import { gluuDefaults } from './gluu/gluu-defaults.ts'
import { buildGluuIdTokenClaims, buildGluuTokenResponse } from './gluu/gluu-tokens.ts'
import { umaConfigurationEndpoint } from './gluu/uma-configuration-endpoint.ts'
import { standard } from './standard.ts'

const gluuTokenEndpoint: Endpoint = {
  ...tokenEndpoint,
  path: '/oxauth/seam/resource/restv1/oxauth/token',
  headers: { 'Cache-Control': 'no-store, private', Pragma: 'no-cache' },
}

const uuid = async ({ newSecret }: ServerContext): Promise<string> => newUuid(newSecret)

/** A Java identity server of an older generation, with its own access-management token beside UMA. */
export function createGluu({ gluu: options = {} }: ReferenceServerOptions, clock: ServerClock): Dialect {
  const store = createGatStore(clock)
  const { gatScopes = ['view', 'manage'] } = options
  return {
    ...standard,
    name: 'gluu',
    defaults: gluuDefaults,
    endpoints: [
      umaConfigurationEndpoint,
      gluuTokenEndpoint,
      createGatEndpoint(store, gatScopes),
      createGatResourceEndpoint(store),
    ],
    responseTypes: {},
    dpop: false,
    sendsIssuer: false,
    grants: {
      client_credentials: buildClientCredentialsGrant(),
      password: buildPasswordGrant(),
      refresh_token: refreshTokenGrant,
    },
    clientAuthenticationMethods: { client_secret_basic: rawBasic },
    buildAccessToken: uuid,
    buildRefreshToken: uuid,
    buildIdToken: buildHmacIdToken,
    buildIdTokenClaims: buildGluuIdTokenClaims,
    buildTokenResponse: buildGluuTokenResponse,
  }
}

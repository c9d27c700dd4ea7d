import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import OidcProvider, { type Configuration } from 'oidc-provider'
import {
  contractBff,
  contractClient,
  type ContractServer,
  type ContractServerKind,
} from './contract-server.ts'

/** The independent judge: an authorization server that nobody here wrote, on a loopback port. */
export const oidcProvider: ContractServerKind = { name: 'oidc-provider', start }

async function start(): Promise<ContractServer> {
  const { issuer, close } = await serveOidcProvider(await configuration())
  return { issuer, http: (url, init) => fetch(url, init), close }
}

/** oidc-provider on a free loopback port. */
export async function serveOidcProvider(
  options: Configuration,
): Promise<{ readonly provider: OidcProvider; readonly issuer: string; close(): Promise<void> }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new OidcProvider(issuer, options)
  server.on('request', (request, response) => void provider.callback()(request, response))
  return { provider, issuer, close: () => close(server) }
}

async function configuration(): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { clientId, redirectUri, postLogoutRedirectUri, scope } = contractClient
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'contract-1', alg: 'ES256', use: 'sig' }] },
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [postLogoutRedirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        id_token_signed_response_alg: 'ES256',
        scope,
      },
      {
        client_id: contractBff.clientId,
        client_secret: contractBff.clientSecret,
        token_endpoint_auth_method: 'client_secret_basic',
        redirect_uris: [contractBff.redirectUri],
        post_logout_redirect_uris: [contractBff.postLogoutRedirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        id_token_signed_response_alg: 'ES256',
        scope,
      },
    ],
    clientBasedCORS: () => true,
    features: {
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      devInteractions: { enabled: true },
    },
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    rotateRefreshToken: () => true,
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, name: 'Ada', email: 'ada@example.com' }),
    }),
    cookies: { keys: ['only for tests'] },
    ttl: {
      AccessToken: 3_600,
      IdToken: 21_600,
      RefreshToken: 86_400,
      Session: 86_400,
      Grant: 86_400,
      Interaction: 600,
    },
  }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

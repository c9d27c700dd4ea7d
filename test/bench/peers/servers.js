// Peers that stand in for an authorization server in tests.
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { OAuth2Server } from 'oauth2-mock-server'
import OidcProvider from 'oidc-provider'

/** The key that was handed in, or a fresh one. */
async function keyOr(key) {
  if (key) return key
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: 'fresh', alg: 'RS256', use: 'sig' }
}

/** By name of contestant: starts a server on a free port of loopback, and gives its issuer and how to end it. */
export const servers = {
  'oidc-provider 9.13.3': async ({ key, clientId, redirectUri }) => {
    const server = createServer()
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const issuer = `http://127.0.0.1:${server.address().port}`
    const provider = new OidcProvider(issuer, {
      jwks: { keys: [await keyOr(key)] },
      clients: [
        {
          client_id: clientId,
          token_endpoint_auth_method: 'none',
          redirect_uris: [redirectUri],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
        },
      ],
      features: { devInteractions: { enabled: true } },
      findAccount: (_context, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
      issueRefreshToken: async () => true,
      cookies: { keys: ['only for the bench'] },
      ttl: {
        AccessToken: 3600,
        IdToken: 3600,
        RefreshToken: 86_400,
        Session: 86_400,
        Grant: 86_400,
        Interaction: 600,
      },
    })
    server.on('request', provider.callback())
    return { issuer, close: () => (server.closeAllConnections(), server.close()) }
  },

  'oauth2-mock-server 9.3.0': async ({ key }) => {
    const server = new OAuth2Server()
    if (key) await server.issuer.keys.add(key)
    else await server.issuer.keys.generate('RS256')
    await server.start(0, '127.0.0.1')
    const { port } = server.address()
    server.issuer.url = `http://127.0.0.1:${port}`
    return { issuer: server.issuer.url, close: () => server.stop() }
  },
}

// Peers that exchange signed assertions for tokens.
import { createPrivateKey } from 'node:crypto'
import { JWT } from 'google-auth-library'
import * as openid from 'openid-client'
import { request } from 'undici'

export async function postByUndici(url, body) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await request(url, { method: 'POST', headers, body })
  return answer.body.json()
}

const importKey = async (pem) => {
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return crypto.subtle.importKey('pkcs8', pkcs8, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, [
    'sign',
  ])
}

/** By name of contestant: makes a function that exchanges a new assertion for a new token. */
export const exchangers = {
  // A client each, as distinct accounts have: a client keeps the token it has.
  'google-auth-library 11.3.4 JWT.authorize': async ({ tokenEndpoint, rsa }) => {
    return async () => {
      const client = new JWT({
        email: 'bench@example.com',
        key: rsa,
        keyId: 'key-1',
        scopes: ['orders.read'],
      })
      // Its token endpoint cannot be set.
      const toLoopback = async (config) => ({ ...config, url: new URL(tokenEndpoint) })
      client.transporter.interceptors.request.add({ resolved: toLoopback })
      const { access_token: token } = await client.authorize()
      return token
    }
  },

  'openid-client 6.8.9 private_key_jwt': async ({ tokenEndpoint, rsa }) => {
    const issuer = new URL(tokenEndpoint).origin
    const key = { key: await importKey(rsa), kid: 'key-1' }
    const server = { issuer, token_endpoint: tokenEndpoint }
    const config = new openid.Configuration(server, 'bench', undefined, openid.PrivateKeyJwt(key))
    openid.allowInsecureRequests(config)
    return async () => (await openid.clientCredentialsGrant(config, { scope: 'orders.read' })).access_token
  },
}

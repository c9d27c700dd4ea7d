import { createReferenceServer } from '@oauth-concierge/reference-server'
import {
  ada,
  contractBff,
  contractClient,
  type ContractServer,
  type ContractServerKind,
} from './contract-server.ts'

/** Our own authorization server, in process. */
export const referenceServer: ContractServerKind = { name: 'reference-server', start }

async function start(): Promise<ContractServer> {
  const { clientId, redirectUri, postLogoutRedirectUri } = contractClient
  const server = createReferenceServer({
    issuer: 'https://id.example',
    clients: [
      { clientId, redirectUris: [redirectUri], postLogoutRedirectUris: [postLogoutRedirectUri] },
      {
        clientId: contractBff.clientId,
        clientSecret: contractBff.clientSecret,
        redirectUris: [contractBff.redirectUri],
        postLogoutRedirectUris: [contractBff.postLogoutRedirectUri],
      },
    ],
    users: [{ ...ada, claims: { sub: 'ada', name: 'Ada', email: 'ada@example.com' } }],
    lifetimes: { accessToken: 3_600, idToken: 21_600 },
  })
  return {
    issuer: server.issuer,
    http: (url, init) => server.fetch(new Request(url, init)),
    close: async () => undefined,
  }
}

import type { ReferenceServerOptions } from '../../options.ts'
import { aatScope } from './gat-endpoint.ts'

/** Clients, users, scopes and keys of a `gluu` server that is told nothing. */
export const gluuDefaults: Partial<ReferenceServerOptions> = {
  clients: [
    {
      clientId: '@!1111!0008!FF81!2D39',
      clientSecret: 'storage+secret/100%=&',
      clientName: 'Storage',
      grantTypes: ['client_credentials', 'password', 'refresh_token'],
      redirectUris: [],
    },
  ],
  users: [
    {
      username: 'ada',
      password: 'password',
      claims: { sub: '@!1111!0000!D4E7', name: 'Ada Example', email: 'ada@example.com' },
    },
  ],
  scopes: { storage: 'Use your storage', [aatScope]: 'Ask for access on your behalf' },
  signingAlg: 'RS256',
}

import type { ReferenceServerOptions } from '../../options.ts'
import { localAddresses } from '../../default-settings.ts'

/** Clients, users, lifetimes and keys of an `auth0` server that is told nothing. */
export const auth0Defaults: Partial<ReferenceServerOptions> = {
  clients: [
    { clientId: 'spa', clientName: 'Demo application', skipConsent: true, ...localAddresses },
    {
      clientId: 'web',
      clientSecret: 'web-secret',
      clientName: 'Regular web application',
      tokenEndpointAuthMethod: 'client_secret_post',
      skipConsent: true,
      refreshTokenRotation: 'none',
      ...localAddresses,
    },
    {
      clientId: 'm2m',
      clientSecret: 'm2m-secret',
      clientName: 'Program',
      grantTypes: ['client_credentials'],
      redirectUris: [],
    },
  ],
  users: [
    {
      username: 'ada@example.com',
      password: 'password',
      claims: {
        sub: 'auth0|ada',
        name: 'Ada Example',
        nickname: 'ada',
        email: 'ada@example.com',
        email_verified: true,
      },
    },
  ],
  lifetimes: { accessToken: 86_400, idToken: 36_000 },
  signingAlg: 'RS256',
}

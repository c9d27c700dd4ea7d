import type { ReferenceServerOptions } from '../../options.ts'
import { localAddresses } from '../../default-settings.ts'
import { serviceAccountScope } from './service-accounts-endpoint.ts'

/** Clients, users, scopes and keys of an `authn` server that is told nothing. */
export const authnDefaults: Partial<ReferenceServerOptions> = {
  clients: [
    {
      clientId: 'spa',
      clientName: 'Demo application',
      skipConsent: true,
      grantTypes: ['authorization_code', 'implicit'],
      ...localAddresses,
    },
    {
      clientId: 'single',
      clientName: 'Application with one address',
      skipConsent: true,
      grantTypes: ['authorization_code', 'implicit'],
      redirectUris: ['http://127.0.0.1/'],
    },
    {
      clientId: 'backend',
      clientSecret: 'backend-secret',
      skipConsent: true,
      grantTypes: ['authorization_code', 'refresh_token', 'password', 'client_credentials'],
      ...localAddresses,
    },
    {
      clientId: 'portal',
      clientSecret: 'portal-secret',
      skipConsent: true,
      grantTypes: ['authorization_code', 'refresh_token', 'password'],
      ...localAddresses,
    },
    {
      clientId: 'admin',
      clientSecret: 'admin-secret',
      grantTypes: ['client_credentials'],
      scopes: [serviceAccountScope],
      redirectUris: [],
    },
  ],
  users: [
    {
      username: 'ada',
      password: 'password',
      claims: {
        given_name: 'Ada',
        family_name: 'Example',
        name: 'Ada Example',
        tenant: 'north',
        groups: ['sales', 'support'],
        roles: ['clerk'],
        provider_internal_id: 'crm|1815',
        app_metadata_roles: ['billing'],
        user_metadata: { locale: 'en' },
      },
    },
    {
      username: 'grace',
      password: 'password',
      claims: { name: 'Grace Example', tenat: 'south', groups: 'sales', roles: [] },
    },
    { username: 'agent', password: 'never-used', claims: { name: 'Agent Seven', groups: ['agents'] } },
  ],
  scopes: {
    'orders.read': 'See your orders',
    'orders.write': 'Change your orders',
    [serviceAccountScope]: 'Create service accounts',
  },
  signingAlg: 'RS256',
}

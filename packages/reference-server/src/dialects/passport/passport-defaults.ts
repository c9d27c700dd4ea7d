import { localAddresses } from '../../default-settings.ts'
import type { ClientOptions, ReferenceServerOptions, UserProviderOptions } from '../../options.ts'
import { accountGuard, adminGuard } from './passport-guards.ts'

const loginScopes = ['openid', 'profile', 'email', 'phone', 'address', 'national_id']
const passwordGrantTypes = ['password', 'refresh_token']

const clients: readonly ClientOptions[] = [
  {
    clientId: '1',
    clientName: 'Shop',
    scopes: [...loginScopes, 'orders.read', 'orders.write'],
    ...localAddresses,
  },
  {
    clientId: '2',
    clientSecret: 'PortalPortalPortalPortalPortalPortal0002',
    clientName: 'Customer portal',
    skipConsent: true,
    ...localAddresses,
  },
  {
    clientId: '3',
    clientSecret: 'PasswordsOfAccountsPasswordsOfAccount003',
    clientName: 'Till at the counter',
    grantTypes: passwordGrantTypes,
    redirectUris: [],
    userProvider: 'accounts',
  },
  {
    clientId: '4',
    clientSecret: 'PasswordsOfAdministratorsPasswordsOfA004',
    clientName: 'Staff terminal',
    grantTypes: passwordGrantTypes,
    redirectUris: [],
    userProvider: 'administrators',
  },
  {
    clientId: '5',
    clientSecret: 'ConsoleConsoleConsoleConsoleConsole00005',
    clientName: 'Administration console',
    skipConsent: true,
    userProvider: 'administrators',
    ...localAddresses,
  },
  {
    clientId: '6',
    clientName: 'My account',
    skipConsent: true,
    scopes: [...loginScopes, 'account.read', 'account.write'],
    ...localAddresses,
  },
]

const accounts: UserProviderOptions = {
  usernameColumn: 'national_id',
  usernameLabel: 'National id number',
  guard: accountGuard.name,
  users: [
    {
      username: 'ada',
      password: 'password',
      claims: {
        sub: '1',
        national_id: '1001',
        name: 'Ada Example',
        given_name: 'Ada',
        family_name: 'Example',
        email: 'ada@example.com',
        email_verified: true,
        phone_number: '+1 555 0100',
        address: { locality: 'Exampleville', country: 'Exampleland' },
      },
    },
    {
      username: 'joan',
      password: 'password',
      claims: { sub: '2', national_id: '1002', name: 'Joan Example', email: 'joan@example.com' },
    },
  ],
}

/** Two tables: the same number with the same password is one person here and another there, both with id 1. */
const administrators: UserProviderOptions = {
  usernameColumn: 'staff_number',
  usernameLabel: 'Staff number',
  guard: adminGuard.name,
  users: [
    {
      username: 'grace',
      password: 'password',
      claims: { sub: '1', staff_number: '1001', name: 'Grace Example', email: 'grace@example.com' },
    },
  ],
}

/** Clients, users, scopes and keys of a `passport` server that is told nothing. */
export const passportDefaults: Partial<ReferenceServerOptions> = {
  clients,
  userProviders: { accounts, administrators },
  scopes: {
    'orders.read': 'See your orders',
    'orders.write': 'Change your orders',
    'account.read': 'See your account',
    'account.write': 'Change your account',
    national_id: 'See your national id number',
  },
  scopeClaims: { national_id: ['national_id'] },
  signingAlg: 'RS256',
  refreshTokenRotation: 'refuse',
}

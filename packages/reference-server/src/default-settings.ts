import type { ClientOptions, Lifetimes } from './options.ts'

/** The scopes of OpenID Connect, with the words for the consent page. */
export const standardScopes: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name and profile',
  email: 'See your e-mail address',
  phone: 'See your phone number',
  address: 'See your postal address',
  offline_access: 'Keep access while you are away',
}

export const demoScopes: Readonly<Record<string, string>> = {
  'orders.read': 'See your orders',
  'orders.write': 'Change your orders',
}

export const demoAuthorizationDetailsTypes: Readonly<Record<string, string>> = {
  payment_initiation: 'Make a payment',
}

/** Where an application under development is usually found. */
export const localAddresses: Pick<ClientOptions, 'postLogoutRedirectUris'> & {
  readonly redirectUris: readonly string[]
} = {
  redirectUris: [
    'http://127.0.0.1/callback',
    'http://localhost:3000/callback',
    'http://localhost:5173/callback',
  ],
  postLogoutRedirectUris: ['http://127.0.0.1/', 'http://localhost:3000/', 'http://localhost:5173/'],
}

export const demoClient: ClientOptions = {
  clientId: 'spa',
  clientName: 'Demo application',
  ...localAddresses,
}

export const defaultLifetimes: Lifetimes = {
  accessToken: 3600,
  refreshToken: 30 * 24 * 3600,
  idToken: 3600,
  code: 60,
  session: 24 * 3600,
  deviceCode: 600,
  backchannelRequest: 120,
  pushedRequest: 60,
}

import type { Http } from '@oauth-concierge/core'

/** The client that every server of the contract suite has registered. */
export const contractClient = {
  clientId: 'contract-spa',
  redirectUri: 'https://app.example/callback',
  postLogoutRedirectUri: 'https://app.example/',
  scope: 'openid profile email offline_access',
}

/** The confidential client of a BFF that every server has registered as well. */
export const contractBff = {
  clientId: 'contract-bff',
  clientSecret: 'only-for-tests-0123456789abcdef0123456789abcdef',
  origin: 'https://app.example',
  redirectUri: 'https://app.example/auth/callback',
  postLogoutRedirectUri: 'https://app.example/auth/logged-out',
}

export const ada = { username: 'ada', password: 'correct horse battery staple' }

/** An authorization server as the contract suite uses it. */
export interface ContractServer {
  readonly issuer: string
  /** How to reach it: in process, or over loopback. */
  readonly http: Http
  close(): Promise<void>
}

/** A kind of authorization server and the way to start one. */
export interface ContractServerKind {
  readonly name: string
  start(): Promise<ContractServer>
}

import type { ErrorCode } from '@oauth-concierge/core'

/** The dialects of the reference server, and a server that nobody here wrote. */
export const servers = ['standard', 'passport', 'authn', 'gluu', 'auth0', 'oidc-provider'] as const

export type ServerName = (typeof servers)[number]

/** Why a server does not have a flow, and the error that a client meets with who tries all the same. */
export interface Absence {
  readonly why: string
  /** Undefined where nothing can be tried, or where the server goes on without a word. */
  readonly code?: ErrorCode
}

/** Which servers a flow runs at. Each server is in exactly one of the two. */
export interface FlowRow {
  readonly spec: string
  readonly runs: readonly ServerName[]
  readonly absent: Readonly<Partial<Record<ServerName, Absence>>>
}

const unannounced = (why: string): Absence => ({ why, code: 'not_supported_by_server' })
const refused = (why: string): Absence => ({ why, code: 'request_refused' })
const noPages: Absence = { why: 'no authorization endpoint', code: 'metadata_malformed' }
const ignored: Absence = { why: 'unknown parameters are ignored' }
const noProof: Absence = { why: 'tokens are bound to nothing', code: 'token_not_bound' }
const noIdToken: Absence = { why: 'no ID token, no UserInfo', code: 'login_required' }
const noCertificates: Absence = { why: 'takes no client certificates' }
const noApi: Absence = { why: 'serves no API of its own' }

const others = ['passport', 'authn', 'gluu', 'auth0'] as const
type Other = (typeof others)[number]
const all = (absence: Absence): Readonly<Record<Other, Absence>> => ({
  passport: absence,
  authn: absence,
  gluu: absence,
  auth0: absence,
})
const both = ['standard', 'oidc-provider'] as const
const withPages = ['standard', 'passport', 'authn', 'auth0', 'oidc-provider'] as const

/**
 * Which flow runs at which server, and why not at the others. Each cell is a test: a run through the SDK's public functions, or,
 * where an error is named, the refusal of such a run.
 */
export const flowTable = {
  'authorization code, PKCE S256': {
    spec: 'RFC 6749 section 4.1, RFC 7636',
    runs: withPages,
    absent: { gluu: noPages },
  },
  'the answer as a posted form': {
    spec: 'OAuth 2.0 Form Post Response Mode',
    runs: withPages,
    absent: { gluu: noPages },
  },
  'a signed answer (JARM)': {
    spec: 'JARM section 2',
    runs: both,
    absent: { ...all({ why: 'no part of the dialect' }), gluu: noPages },
  },
  'a pushed request where it is offered (PAR)': {
    spec: 'RFC 9126 section 2',
    runs: withPages,
    absent: { gluu: noPages },
  },
  'a pushed request, required': {
    spec: 'RFC 9126 section 2',
    runs: both,
    absent: { ...all(unannounced('no endpoint for it')), gluu: noPages },
  },
  'a signed request (JAR)': {
    spec: 'RFC 9101 section 5',
    runs: both,
    absent: { ...all({ why: 'no part of the dialect' }), gluu: noPages },
  },
  'a rich request (RAR)': {
    spec: 'RFC 9396 section 2',
    runs: both,
    absent: { ...all(ignored), gluu: noPages },
  },
  'tokens bound to a key (DPoP), with nonces': {
    spec: 'RFC 9449 section 8',
    runs: both,
    absent: { ...all(noProof), gluu: noPages },
  },
  'tokens bound to a key (DPoP), without nonces': {
    spec: 'RFC 9449 section 5',
    runs: both,
    absent: { ...all(noProof), gluu: noPages },
  },
  'one refresh token for several resources': {
    spec: 'RFC 8707 section 2.2',
    runs: both,
    absent: all(ignored),
  },
  'refresh, the token stays': {
    spec: 'RFC 6749 section 6',
    runs: servers,
    absent: {},
  },
  'refresh, the token rotates; reuse ends the session': {
    spec: 'RFC 9700 section 4.14.2',
    runs: servers,
    absent: {},
  },
  'refresh, a lost answer within a grace period': {
    spec: 'RFC 9700 section 4.14.2',
    runs: ['standard', 'passport', 'authn', 'gluu', 'auth0'],
    absent: { 'oidc-provider': { why: 'a spent refresh token is never honoured' } },
  },
  'a device without a browser': {
    spec: 'RFC 8628',
    runs: both,
    absent: all(unannounced('no endpoint for it')),
  },
  'a login on the user’s own device (CIBA, poll)': {
    spec: 'OpenID Connect CIBA Core section 10.1',
    runs: both,
    absent: all(unannounced('no endpoint for it')),
  },
  'token exchange': {
    spec: 'RFC 8693',
    runs: both,
    absent: all(refused('no such grant')),
  },
  'client credentials': {
    spec: 'RFC 6749 section 4.4',
    runs: ['standard', 'authn', 'gluu', 'auth0', 'oidc-provider'],
    absent: { passport: refused('no such grant') },
  },
  'an assertion as a grant (JWT bearer)': {
    spec: 'RFC 7523 section 2.1',
    runs: ['standard', 'authn', 'oidc-provider'],
    absent: {
      passport: refused('no such grant'),
      gluu: refused('no such grant'),
      auth0: refused('no such grant'),
    },
  },
  'a client without a secret': {
    spec: 'RFC 6749 section 2.1',
    runs: withPages,
    absent: { gluu: refused('no public clients') },
  },
  'a secret by Basic': {
    spec: 'RFC 6749 section 2.3.1',
    runs: withPages,
    absent: { gluu: refused('Basic is not form-decoded') },
  },
  'a secret by raw Basic': {
    spec: 'RFC 7617 section 2',
    runs: ['gluu'],
    absent: {
      standard: refused('Basic is form-decoded'),
      passport: refused('Basic is form-decoded'),
      authn: refused('Basic is form-decoded'),
      auth0: refused('Basic is form-decoded'),
      'oidc-provider': refused('Basic is form-decoded'),
    },
  },
  'a secret in the body': {
    spec: 'RFC 6749 section 2.3.1',
    runs: ['standard', 'passport', 'auth0', 'oidc-provider'],
    absent: { authn: refused('Basic only'), gluu: refused('raw Basic only') },
  },
  'a client assertion by a secret': {
    spec: 'RFC 7523 section 2.2',
    runs: both,
    absent: all(refused('no client assertions')),
  },
  'a client assertion by a key': {
    spec: 'RFC 7523 section 2.2',
    runs: both,
    absent: all(refused('no client assertions')),
  },
  'a client certificate (mutual TLS)': {
    spec: 'RFC 8705 section 2',
    runs: ['oidc-provider'],
    absent: { ...all(noCertificates), standard: noCertificates },
  },
  'UserInfo as JSON': {
    spec: 'OpenID Connect Core section 5.3',
    runs: ['standard', 'passport', 'auth0', 'oidc-provider'],
    absent: { authn: noIdToken, gluu: noIdToken },
  },
  'UserInfo, signed': {
    spec: 'OpenID Connect Core section 5.3.2',
    runs: both,
    absent: {
      passport: { why: 'UserInfo is always JSON' },
      authn: { why: 'no ID token, no UserInfo' },
      gluu: { why: 'no ID token, no UserInfo' },
      auth0: { why: 'UserInfo is always JSON' },
    },
  },
  introspection: {
    spec: 'RFC 7662',
    runs: ['standard', 'passport', 'oidc-provider'],
    absent: {
      authn: unannounced('no endpoint for it'),
      gluu: unannounced('no endpoint for it'),
      auth0: unannounced('no endpoint for it'),
    },
  },
  'revocation at a logout': {
    spec: 'RFC 7009',
    runs: ['standard', 'passport', 'auth0', 'oidc-provider'],
    absent: {
      authn: { why: 'no endpoint for it: a logout erases here alone' },
      gluu: { why: 'no endpoint for it: a logout erases here alone' },
    },
  },
  'a logout that the client starts, and its way back': {
    spec: 'OpenID Connect RP-Initiated Logout 1.0',
    runs: ['standard', 'passport', 'oidc-provider'],
    absent: {
      authn: { why: 'no endpoint for it' },
      gluu: { why: 'no endpoint for it' },
      auth0: { why: 'a page of its own, which no metadata announces' },
    },
  },
  'a client that registers itself': {
    spec: 'RFC 7591',
    runs: both,
    absent: {
      passport: unannounced('no endpoint for it'),
      authn: { why: 'no metadata to find it by', code: 'metadata_malformed' },
      gluu: { why: 'no metadata to find it by', code: 'metadata_malformed' },
      auth0: unannounced('no endpoint for it'),
    },
  },
  'what an API says of itself': {
    spec: 'RFC 9728',
    runs: ['standard'],
    absent: { ...all(noApi), 'oidc-provider': noApi },
  },
  'an API that asks for a stronger login': {
    spec: 'RFC 9470',
    runs: ['standard'],
    absent: { ...all(noApi), 'oidc-provider': noApi },
  },
  'endpoints by hand, no discovery': {
    spec: 'RFC 8414 section 2',
    runs: withPages,
    absent: { gluu: noPages },
  },
  'legacy: a user’s password': {
    spec: 'RFC 6749 section 4.3',
    runs: ['passport', 'authn', 'gluu'],
    absent: {
      standard: refused('no such grant'),
      auth0: refused('no such grant'),
      'oidc-provider': refused('no such grant'),
    },
  },
  'legacy: an implicit response': {
    spec: 'RFC 6749 section 4.2',
    runs: ['authn'],
    absent: {
      standard: { why: 'response_type=token is refused', code: 'callback_malformed' },
      passport: { why: 'response_type=token is refused', code: 'callback_malformed' },
      gluu: { why: 'no authorization endpoint' },
      auth0: { why: 'response_type=token is refused', code: 'callback_malformed' },
      'oidc-provider': { why: 'response_type=token is refused' },
    },
  },
  'legacy: GAT': {
    spec: 'the server’s own',
    runs: ['gluu'],
    absent: {
      standard: { why: 'no UMA configuration', code: 'metadata_malformed' },
      passport: { why: 'no UMA configuration', code: 'metadata_malformed' },
      authn: { why: 'no UMA configuration', code: 'metadata_malformed' },
      auth0: { why: 'no UMA configuration', code: 'metadata_malformed' },
      'oidc-provider': { why: 'no UMA configuration', code: 'metadata_malformed' },
    },
  },
} as const satisfies Readonly<Record<string, FlowRow>>

export type FlowName = keyof typeof flowTable

import {
  ConciergeError,
  createTokenClient,
  type EpochSeconds,
  isSecureUrl,
  readReturnTo,
  type Seconds,
  type SenderConstraint,
  type ServerMetadata,
  type TokenClient,
  UsageError,
} from '@oauth-concierge/core'
import type { BffOptions, Lifetimes } from './bff-options.ts'
import type { CookieRules } from './http/cookies.ts'
import { misconfigured } from './misconfigured.ts'
import { type Api, readApis } from './proxy/api-options.ts'
import { type CookieCarrier, createCookieCarrier } from './sessions/cookie-carrier.ts'
import { memory } from './sessions/memory.ts'
import type { SessionStore } from './sessions/session-store.ts'

/** What the routes of one BFF share. */
export interface BffContext {
  readonly options: BffOptions
  readonly origin: string
  readonly base: string
  readonly redirectUri: string
  readonly postLogoutRedirectUri: string
  /** The client at its server, with what is known of that. */
  readonly server: TokenClient
  readonly senderConstraint: SenderConstraint | undefined
  readonly store: SessionStore
  readonly carrier: CookieCarrier
  readonly cookies: CookieRules
  readonly cookieName: string
  readonly sameSite: 'Strict' | 'Lax'
  readonly lifetimes: { readonly rolling: Seconds; readonly absolute: Seconds }
  readonly apis: ReadonlyMap<string, Api>
  /** Where the page finds each API, by what it calls it. */
  readonly apiPaths: Readonly<Record<string, string>>
  readonly failedLoginPath: string | undefined
  now(): EpochSeconds
  /** Tells of an error of ours and gives it back; throws any other. */
  report(error: unknown): ConciergeError
  /** Lets work go on that no answer waits for. */
  beside(work: Promise<unknown>): void
}

/**
 * Reads the options.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_issuer_mismatch`, `metadata_malformed` for `metadata` given by hand
 */
export function createBffContext(options: BffOptions): BffContext {
  const { clientAuthentication, onError, warn } = options
  if (!clientAuthentication)
    throw misconfigured('clientAuthentication is missing: a BFF proves itself, as by clientSecretBasic(…).')
  const report = (error: unknown): ConciergeError => {
    if (!(error instanceof ConciergeError)) throw error
    onError?.(error)
    return error
  }
  const origin = readOrigin(options)
  const base = readBase(options.base ?? '/auth')
  const server = createTokenClient(options)
  const { runtime, senderConstraint } = server.client
  const store = options.sessions ?? memory({ runtime })
  const secure = origin.startsWith('https:')
  if (!options.sessions && secure)
    warn?.('Sessions are in memory: they end with this process. Pass sessions to keep them.')
  const { name = 'concierge', sameSite = 'strict' } = options.cookies ?? {}
  if (!/^[A-Za-z0-9-]+$/.test(name))
    throw misconfigured('The name of the cookie must be of letters, digits and hyphens.')
  const apis = readApis(options.apis ?? {})
  const cookieName = secure ? `__Host-${name}` : name
  return {
    options,
    origin,
    base,
    redirectUri: `${origin}${base}/callback`,
    postLogoutRedirectUri: options.postLogoutRedirectUri ?? `${origin}${base}/logged-out`,
    server: { ...server, metadata: async () => slim(await server.metadata()) },
    senderConstraint: senderConstraint && { ...senderConstraint, forget: async () => undefined },
    store,
    carrier: createCookieCarrier(store),
    cookies: { prefix: cookieName, secure },
    cookieName,
    sameSite: sameSite === 'lax' ? 'Lax' : 'Strict',
    lifetimes: readLifetimes(options.lifetimes),
    apis,
    apiPaths: Object.fromEntries(
      [...apis.values()].map(({ publicUrl, name }) => [publicUrl, `${base}/api/${name}`]),
    ),
    failedLoginPath: readFailedLoginPath(options.failedLoginPath, origin),
    now: () => runtime.clock.wallTime() / 1000,
    report,
    beside: (work) => {
      const done = work.catch((error: unknown) => {
        if (error instanceof ConciergeError) report(error)
      })
      options.waitUntil?.(done)
    },
  }
}

/** What a login writes down of the server; the rest, mostly lists, would only make every transaction larger. */
const remembered: readonly (keyof ServerMetadata)[] = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'pushed_authorization_request_endpoint',
  'end_session_endpoint',
  'revocation_endpoint',
  'userinfo_endpoint',
  'mtls_endpoint_aliases',
  'require_pushed_authorization_requests',
  'require_signed_request_object',
  'authorization_response_iss_parameter_supported',
  'authorization_signing_alg_values_supported',
  'id_token_signing_alg_values_supported',
  'dpop_signing_alg_values_supported',
]

function slim(metadata: ServerMetadata): ServerMetadata {
  const members = remembered.filter((name) => metadata[name] !== undefined)
  return Object.fromEntries(members.map((name) => [name, metadata[name]])) as ServerMetadata
}

function readOrigin({ origin, warn }: BffOptions): string {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  if (!url || url.origin !== origin || !/^https?:$/.test(url.protocol))
    throw misconfigured('origin must be the origin that browsers see, such as https://app.example.com.')
  if (url.protocol === 'https:') return origin
  if (!isSecureUrl(url))
    throw new UsageError(
      'insecure_url',
      `origin must be https; plain http works on loopback only. Got ${origin}.`,
    )
  if (!warn)
    throw misconfigured(
      `On ${origin} cookies lose their __Host- prefix and their Secure attribute. Pass warn, such as console.warn, to be told so, or serve https.`,
    )
  warn(
    `${origin} is plain http: session cookies have neither the __Host- prefix nor the Secure attribute, so other programs on this machine can set and read them. For development only.`,
  )
  return origin
}

function readLifetimes(given: Lifetimes = {}): BffContext['lifetimes'] {
  const lifetimes = { rolling: 8 * 3_600, absolute: 24 * 3_600, ...given }
  if (Object.values(lifetimes).every((seconds) => seconds > 0 && seconds < Infinity)) return lifetimes
  throw misconfigured('lifetimes must be numbers of seconds, more than 0.')
}

function readFailedLoginPath(path: string | undefined, origin: string): string | undefined {
  if (path === undefined || readReturnTo(path, origin) !== undefined) return path
  throw misconfigured('failedLoginPath must be a path of the application, such as /login-failed.')
}

function readBase(base: string): string {
  if (/^(\/[\w-]+)+$/.test(base)) return base
  throw misconfigured('base must be a path such as /auth, without a slash at its end.')
}

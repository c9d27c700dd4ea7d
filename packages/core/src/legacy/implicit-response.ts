import { ProtocolError } from '../errors.ts'
import type { Seconds } from '../ports/clock.ts'
import { serverError } from '../protocol/oauth.ts'
import type { TokenResponse } from '../protocol/token-request.ts'
import { checkOptIn, unsafeAllowImplicitResponse } from './opt-in.ts'

/** What was asked for. */
export interface ImplicitResponseOptions {
  readonly allowImplicitResponse: typeof unsafeAllowImplicitResponse
  /** As it was sent with `response_type=token`: long, random, used once, and bound to this user agent. */
  readonly state: string
  /** As asked for; it counts as granted where the answer does not say. */
  readonly scope?: string
  /** Compared with `iss` where the answer has one. */
  readonly issuer: string
}

/**
 * Reads the access token out of the address that a server answers `response_type=token` with. Take the address out of the page's own
 * address bar and history before anything else runs.
 *
 * Do not use it: the token stands in an address, where history, extensions and other scripts find it; nothing binds it to this client, so
 * that another's token can be slipped in; and no refresh token comes. RFC 9700 section 2.1.2 advises against it. Use the authorization code
 * flow with PKCE, which works wherever this does.
 * @throws UsageError `legacy_not_allowed`; ProtocolError `callback_state_missing`, `callback_state_unknown`, `callback_issuer_mismatch`,
 * `callback_malformed`; ServerError `access_denied`, `authorization_refused`
 * @see RFC 6749 section 4.2.2
 */
export function readImplicitResponse(address: string, options: ImplicitResponseOptions): TokenResponse {
  const { allowImplicitResponse, state, issuer } = options
  checkOptIn('allowImplicitResponse', allowImplicitResponse, unsafeAllowImplicitResponse)
  const parameters = readFragment(address)
  checkState(parameters.get('state'), state)
  const given = parameters.get('iss')
  if (given !== null && given !== issuer) {
    throw new ProtocolError('callback_issuer_mismatch', 'The answer comes from another issuer.')
  }
  const error = parameters.get('error')
  if (error !== null) {
    const code = error === 'access_denied' ? error : 'authorization_refused'
    throw serverError(code, error, parameters.get('error_description'))
  }
  return readToken(parameters, options.scope)
}

/** Some servers put a slash, or two, before the fragment or at its start. */
function readFragment(address: string): URLSearchParams {
  const parameters = new URLSearchParams(address.slice(address.indexOf('#')).replace(/^#\/*/, ''))
  const names = [...parameters.keys()]
  const seen = new Set<string>()
  const repeated = names.find((name) => seen.size === seen.add(name).size)
  const foreign = names.find((name) => ['code', 'id_token', 'refresh_token', 'response'].includes(name))
  const fault = !address.includes('#')
    ? 'no fragment'
    : repeated !== undefined
      ? `${repeated.slice(0, 50)} more than once`
      : foreign
  if (fault !== undefined) throw malformed(`The answer has ${fault}.`)
  return parameters
}

function checkState(given: string | null, sent: string): void {
  if (sent === '' || given === null || given === '') {
    throw new ProtocolError('callback_state_missing', 'The answer has no state, so anybody may have made it.')
  }
  if (given !== sent) {
    throw new ProtocolError('callback_state_unknown', 'The state of the answer is not that of this login.')
  }
}

function readToken(parameters: URLSearchParams, scope: string | undefined): TokenResponse {
  const accessToken = parameters.get('access_token')
  if (!accessToken) throw malformed('The answer has no access_token.')
  if (parameters.get('token_type')?.toLowerCase() !== 'bearer') {
    throw malformed('The answer has a token_type other than Bearer.')
  }
  return {
    accessToken,
    tokenType: 'bearer',
    expiresIn: readLifetime(parameters.get('expires_in')),
    refreshToken: undefined,
    scope: parameters.get('scope') ?? scope,
    idToken: undefined,
    claims: undefined,
  }
}

function readLifetime(expiresIn: string | null): Seconds | undefined {
  if (expiresIn === null) return undefined
  if (!/^\d{1,10}$/.test(expiresIn))
    throw malformed('The answer has an expires_in that is no number of seconds.')
  return Number(expiresIn)
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('callback_malformed', message)
}

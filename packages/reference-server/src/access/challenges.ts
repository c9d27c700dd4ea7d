import type { Call } from '../context.ts'
import { dpopSigningAlgs } from '../dpop/dpop-proof.ts'
import { OAuthError, type OAuthErrorCode } from '../http/oauth-error.ts'

/** The two ways of presenting an access token. */
export type AccessTokenScheme = 'Bearer' | 'DPoP'

/** What every challenge of a protected endpoint says. */
export interface Protection {
  readonly realm: string
  /** True where the token comes by header and in no other way. Default: false. */
  readonly headerOnly?: boolean
  /** More parameters for its challenges, such as `resource_metadata`. */
  readonly parameters?: (call: Call) => Readonly<Record<string, string>>
}

/** A refusal by a protected endpoint. */
export interface AccessFault {
  readonly scheme: AccessTokenScheme
  readonly code: OAuthErrorCode
  readonly description: string
  readonly status: number
  /** More parameters for this challenge, such as `scope` or `acr_values`. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** What a quoted string cannot hold without escapes: other characters than those of RFC 6749 appendix A. */
const unquotable = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g

function challenge(scheme: AccessTokenScheme, parameters: Readonly<Record<string, string>>): string {
  const all = scheme === 'DPoP' ? { ...parameters, algs: dpopSigningAlgs.join(' ') } : parameters
  const pairs = Object.entries(all).map(([name, value]) => `${name}="${value.replaceAll(unquotable, '')}"`)
  return `${scheme} ${pairs.join(', ')}`
}

/** What to answer to a request without a token: the schemes, and no error code. @see RFC 6750 section 3.1 */
export function schemesToOffer(call: Call, { realm, parameters }: Protection): string {
  const schemes: readonly AccessTokenScheme[] = call.context.dialect.dpop ? ['Bearer', 'DPoP'] : ['Bearer']
  return schemes.map((scheme) => challenge(scheme, { realm, ...parameters?.(call) })).join(', ')
}

/** A refusal with the challenge of its scheme. @see RFC 6750 section 3, RFC 9449 section 7.1 */
export function accessError(call: Call, protection: Protection, fault: AccessFault): OAuthError {
  const { scheme, code, description, status } = fault
  const about = { realm: protection.realm, error: code, error_description: description }
  const parameters = { ...about, ...protection.parameters?.(call), ...fault.parameters }
  const headers = { ...fault.headers, 'WWW-Authenticate': challenge(scheme, parameters) }
  return new OAuthError(code, description, { status, headers })
}

import { UsageError } from '../errors.ts'
import type { LoginOptions } from './login.ts'
import { checkReturnTo } from './return-to.ts'

/** A login that somebody else asks the application to begin, as a portal does. */
export interface LoginInitiation {
  /** One of the configured issuers. */
  readonly issuer: string
  /** What to call `login()` with. */
  readonly login: Pick<LoginOptions, 'loginHint' | 'returnTo'>
}

/**
 * Reads a request to begin a login. Nothing in it is to be trusted: only a configured issuer counts, and only a target on the application's own origin.
 * @param parameters of the request, from its query or its form
 * @throws UsageError `invalid_configuration` for an issuer that is not configured; `return_to_not_same_origin`
 * @see OpenID Connect Core section 4
 */
export function readLoginInitiation(
  parameters: URLSearchParams,
  { issuers, origin }: { readonly issuers: readonly string[]; readonly origin: string },
): LoginInitiation {
  const [issuer, ...others] = parameters.getAll('iss')
  if (issuer === undefined || others.length > 0 || !issuers.includes(issuer)) {
    throw new UsageError(
      'invalid_configuration',
      'A login was asked for at an issuer that this application does not use. Nothing was begun.',
    )
  }
  const loginHint = parameters.get('login_hint')
  const target = parameters.get('target_link_uri')
  return {
    issuer,
    login: {
      ...(loginHint && { loginHint: loginHint.slice(0, 1_000) }),
      ...(target && { returnTo: checkReturnTo(target, origin) }),
    },
  }
}

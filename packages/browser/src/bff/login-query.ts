import { type LoginOptions, UsageError } from '@oauth-concierge/core'

/** What a login through a BFF may be told. Scope and whatever else the server understands are the BFF's own to choose. */
export type BffLoginOptions = Omit<LoginOptions, 'scope' | 'authorizationDetails' | 'extraParameters'>

/**
 * What the BFF is told of a login.
 * @throws UsageError `invalid_configuration` for options that the BFF does not take from a page
 */
export function buildLoginQuery(options: Omit<BffLoginOptions, 'appState'>): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (/^(scope|auth|extra)/.test(name))
      throw new UsageError('invalid_configuration', `The BFF takes no ${name} from a page.`)
    query.set(name.replace(/[A-Z]/, '_$&').toLowerCase(), [value].flat().join(' '))
  }
  return query
}

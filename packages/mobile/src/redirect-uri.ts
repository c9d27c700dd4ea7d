import { isAuthorizationResponse, UsageError } from '@oauth-concierge/core'
import type { Shell } from './shell.ts'

const loopbackLiterals = ['127.0.0.1', '[::1]']
const longestLink = 16_384

/**
 * Checks that an authorization response can come back to this app, and to no other by accident: a claimed https link (best: the system
 * vouches for it), a private-use scheme in reverse-DNS form, or a loopback IP literal for desktop shells.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 * @see RFC 8252 sections 7 and 8.3
 */
export function checkRedirectUri(redirectUri: string, agent: Shell['agent'], option = 'redirectUri'): void {
  if (!URL.canParse(redirectUri)) throw refusal(option, `"${redirectUri.slice(0, 100)}" is no absolute URI`)
  const { protocol, hostname, hash, username, password } = new URL(redirectUri)
  if (hash !== '' || username !== '' || password !== '')
    throw refusal(option, 'it may have neither a fragment nor a user name')
  if (protocol === 'https:') return
  if (protocol === 'http:') {
    if (loopbackLiterals.includes(hostname) || (agent === 'page' && hostname === 'localhost')) return
    throw new UsageError(
      'insecure_url',
      `${option} is plain http, which serves loopback only: http://127.0.0.1 or http://[::1] for a desktop shell (not localhost), else a claimed https link.`,
    )
  }
  if (agent === 'page') throw refusal(option, 'a page in a browser has an address of its own; take that')
  if (!/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(protocol)) {
    throw refusal(
      option,
      `the scheme ${protocol} is anybody's. Take a claimed https link, or a domain of yours turned round, such as com.example.app:/callback`,
    )
  }
}

function refusal(option: string, why: string): UsageError {
  return new UsageError('invalid_configuration', `${option} cannot be used: ${why}.`)
}

/** Whether a deep link leads to `uri`, whatever its query. */
export function leadsTo(link: string, uri: string): boolean {
  if (link.length > longestLink || !URL.canParse(link)) return false
  const [here, there] = [placeOf(link), placeOf(uri)]
  return here === there
}

/** Scheme, authority and path; an empty path after an authority is the same as `/`. */
function placeOf(uri: string): string {
  const { protocol, host, pathname } = new URL(uri)
  return `${protocol}//${host.toLowerCase()}${pathname || '/'}`
}

/**
 * The authorization response that a deep link brings, be it a refused or a forged one; undefined for any other link.
 * Query and fragment count together: what was smuggled into the fragment is refused like any other answer.
 */
export function readResponseLink(link: string, redirectUri: string): URLSearchParams | undefined {
  if (!leadsTo(link, redirectUri)) return undefined
  const { searchParams, hash } = new URL(link)
  const fragment = new URLSearchParams(hash.slice(1))
  if (isAuthorizationResponse(fragment)) {
    for (const [name, value] of fragment) searchParams.append(name, value)
  }
  // Parameters that the redirect URI itself has are the application's own.
  for (const name of new URL(redirectUri).searchParams.keys()) searchParams.delete(name)
  return isAuthorizationResponse(searchParams) ? searchParams : undefined
}

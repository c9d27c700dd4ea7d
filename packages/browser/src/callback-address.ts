import { isAuthorizationResponse } from '@oauth-concierge/core'

/**
 * Takes an authorization response out of the page's address, if there is one: the address is clean before anything else can read it,
 * and a reload or the back button finds the clean one.
 */
export function takeCallback(redirectUri: string): URLSearchParams | undefined {
  const { location, history } = window
  const redirect = new URL(redirectUri)
  const here = new URL(location.href)
  if (here.origin !== redirect.origin || here.pathname !== redirect.pathname) return undefined
  const parameters = readParameters(here)
  if (!isAuthorizationResponse(parameters)) return undefined
  // Parameters that the redirect URI itself has are the application's own.
  for (const name of redirect.searchParams.keys()) parameters.delete(name)
  history.replaceState(history.state, '', `${redirect.pathname}${redirect.search}`)
  return parameters
}

/** Query and fragment together: an answer that came, or was smuggled, in the fragment is taken out and refused like any other. */
function readParameters({ search, hash }: URL): URLSearchParams {
  const fragment = new URLSearchParams(hash.slice(1))
  const parameters = new URLSearchParams(search)
  if (isAuthorizationResponse(fragment)) for (const [name, value] of fragment) parameters.append(name, value)
  return parameters
}

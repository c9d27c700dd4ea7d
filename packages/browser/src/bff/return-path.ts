import { UsageError } from '@oauth-concierge/core'

/**
 * An address of this origin as path, query and fragment. The BFF, which goes there, checks it for itself.
 * @throws UsageError `return_to_not_same_origin`
 */
export function readReturnPath(address: string = location.href): string {
  const { origin } = location
  const href = URL.canParse(address, origin) ? new URL(address, location.href).href : ''
  const path = href.slice(origin.length)
  // A path that begins with two slashes would be read as another host by the next reader.
  if (origin + path !== href || !/^\/(?!\/)/.test(path))
    throw new UsageError('return_to_not_same_origin', 'returnTo must be a path of this page.')
  return path
}

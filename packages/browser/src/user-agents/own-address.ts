import { UsageError } from '@oauth-concierge/core'
import { pageOrigin } from '../page.ts'

/**
 * The address of a page of one's own; what is no path stays as it is, to the letter.
 * @throws UsageError `invalid_configuration` for another origin's, which could not hand an answer on; `not_in_browser`
 */
export function ownAddress(pathOrUrl: string): string {
  const origin = pageOrigin()
  const url = pathOrUrl.startsWith('/') ? origin + pathOrUrl : pathOrUrl
  if (URL.canParse(url) && new URL(url).origin === origin) return url
  throw new UsageError(
    'invalid_configuration',
    `The redirectUri of a popup or frame must be a page of ${origin}, such as "/relay.html".`,
  )
}

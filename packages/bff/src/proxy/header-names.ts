import { UsageError } from '@oauth-concierge/core'

const neverForwarded =
  /^(authorization|cookie2?|host|origin|referer|content-length|expect|dpop|forwarded|via|connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*|x-forwarded-.*|x-concierge.*|x-http-method.*|x-method-override|sec-.*)$/

/**
 * Checks header names that the application lets through.
 * @throws UsageError `invalid_configuration`
 */
export function checkHeaderNames(names: readonly string[]): void {
  const refused = names.find((name) => !/^[a-z0-9-]+$/.test(name) || neverForwarded.test(name))
  if (refused !== undefined)
    throw new UsageError(
      'invalid_configuration',
      `requestHeaders may not hold "${refused}": it must be in lower case, and nothing that says who calls or how.`,
    )
}

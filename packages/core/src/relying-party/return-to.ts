import { UsageError } from '../errors.ts'

/** Where a path leads on this origin, as path, query and fragment; undefined where it leads to another origin or nowhere. */
export function readReturnTo(returnTo: string, origin: string): string | undefined {
  // A scheme without two slashes (`https:evil.example`, `blob:…`) means different things to different readers.
  const isOpaque = /^[^/?#]*:(?!\/\/)/.test(returnTo)
  if (isOpaque || returnTo.length > 8_192 || !URL.canParse(returnTo, origin)) return undefined
  const url = new URL(returnTo, origin)
  const leaves = url.origin !== new URL(origin).origin || url.username !== '' || url.password !== ''
  // A path that begins with two slashes would be read as another host by the next reader.
  return leaves || url.pathname.startsWith('//') ? undefined : `${url.pathname}${url.search}${url.hash}`
}

/**
 * The same for what an application asks.
 * @throws UsageError `return_to_not_same_origin`
 */
export function checkReturnTo(returnTo: string, origin: string): string {
  const path = readReturnTo(returnTo, origin)
  if (path === undefined) {
    throw new UsageError(
      'return_to_not_same_origin',
      `returnTo must be a path on ${origin}, such as "/orders".`,
    )
  }
  return path
}

import type { Client } from '../settings.ts'

/** Says whether a client has nothing to prove itself with. @see RFC 6749 section 2.1 */
export function isPublic({ authenticationMethods }: Client): boolean {
  return authenticationMethods.includes('none')
}

import { encodeBase64Url, type IdTokenClaims } from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import type { Cookies } from '../http/cookies.ts'
import type { HeaderList } from '../http/exchange.ts'
import { writeParts } from './cookie-carrier.ts'
import { sessionEnd } from './session-end.ts'
import { indexesOf, type SessionData } from './session-data.ts'

/** A login that has come to its end. */
export interface FinishedTokens {
  /** What the session machine remembers of it. */
  readonly tokens: unknown
  readonly claims: IdTokenClaims | undefined
}

/**
 * Writes a session down under a name that nobody has seen yet.
 * @returns the cookies by which the browser names it from now on
 * @throws StorageError `storage_failed`
 */
export async function beginSession(
  context: BffContext,
  { tokens, claims }: FinishedTokens,
  cookies: Cookies,
): Promise<HeaderList> {
  const { store, carrier, cookies: rules, cookieName, sameSite, lifetimes, now } = context
  const name = await carrier.createName('session')
  const indexes = indexesOf(claims)
  const data: SessionData = {
    tokens,
    endsAt: now() + lifetimes.absolute,
    logoutNonce: encodeBase64Url(crypto.getRandomValues(new Uint8Array(24))),
    ...(claims && { subject: claims.sub }),
    indexes,
  }
  const expiresAt = sessionEnd(context, data.endsAt, tokens)
  await store.write(name.key, data, { expiresAt, indexes, ifVersion: 0 })
  const content = await carrier.contentOf(name)
  return writeParts(cookieName, content, { rules, cookies, sameSite, maxAge: lifetimes.absolute })
}

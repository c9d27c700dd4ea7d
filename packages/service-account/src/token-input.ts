import { digest, identityOf } from './cache/cache-key.ts'
import { remember } from './machine/remember.ts'
import type { TokenSource } from './token-source.ts'

/** A token that is given in: as it is, made at the time of the request, or of another token source. */
export type TokenInput = string | (() => Promise<string>) | Pick<TokenSource, 'getAccessToken'>

/** The token as it is now. */
export async function readTokenInput(input: TokenInput): Promise<string> {
  if (typeof input === 'string') return input
  return typeof input === 'function' ? input() : input.getAccessToken()
}

/** Tells one input from another, and tells nothing of what it gives. */
export function identifyTokenInput(input: TokenInput | undefined): () => string | Promise<string> {
  if (input === undefined) return () => ''
  return typeof input === 'string' ? remember(() => digest(input)) : () => identityOf(input)
}

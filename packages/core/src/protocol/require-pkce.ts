import { UsageError } from '../errors.ts'
import type { AuthorizationExtension } from './authorization-extension.ts'

/**
 * Starts no login at a server that does not announce PKCE with S256: it may ignore the challenge, and a stolen code would serve the thief.
 * Without it the challenge is sent all the same, and `state`, `nonce` and the ID token's binding still hold.
 * @throws at login: UsageError `not_supported_by_server`
 * @see RFC 9700 section 2.1.1, RFC 8414 section 2
 */
export function requirePkce(): AuthorizationExtension {
  return {
    prepare: async (_client, { issuer, code_challenge_methods_supported: methods = [] }, parameters) => {
      if (methods.includes('S256')) return parameters
      throw new UsageError('not_supported_by_server', `${issuer} does not announce PKCE with S256.`)
    },
  }
}

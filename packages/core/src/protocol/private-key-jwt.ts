import type { Signer } from '../ports/signer.ts'
import type { ClientAuthentication } from './client.ts'
import { clientAssertion } from './client-assertion.ts'

/**
 * `private_key_jwt`: the client signs a short-lived assertion, so nothing that could be stolen on the way is ever sent.
 * Each attempt has its own `jti`; the assertion lives for a minute, by the clock of the client's runtime.
 * @param options.audience for a server that wants its token endpoint named; the default, the issuer, keeps an assertion from serving elsewhere
 * @see OpenID Connect Core section 9, RFC 7523 section 3
 */
export function privateKeyJwt(
  signer: Signer,
  options: { readonly audience?: string } = {},
): ClientAuthentication {
  return clientAssertion(signer, options.audience)
}

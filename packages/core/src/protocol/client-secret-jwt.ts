import { UsageError } from '../errors.ts'
import type { ClientAuthentication } from './client.ts'
import { clientAssertion } from './client-assertion.ts'

/**
 * `client_secret_jwt`: proves the secret by an HMAC (HS256) over a short-lived assertion, without sending it. Never in a browser.
 * @param secret of at least 32 bytes
 * @param options.audience default: the issuer
 * @throws UsageError `invalid_configuration`
 * @see OpenID Connect Core sections 9 and 16.19, RFC 7523 section 3
 */
export function clientSecretJwt(
  secret: string,
  options: { readonly audience?: string } = {},
): ClientAuthentication {
  const bytes = new TextEncoder().encode(secret)
  if (bytes.length < 32) {
    throw new UsageError('invalid_configuration', 'A secret for client_secret_jwt has at least 32 bytes.')
  }
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const sign = async (data: Uint8Array): Promise<Uint8Array> => {
    const key = await crypto.subtle.importKey('raw', bytes, hmac, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign(hmac, key, data as Uint8Array<ArrayBuffer>))
  }
  return clientAssertion({ alg: 'HS256', sign }, options.audience)
}

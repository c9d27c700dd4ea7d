import * as oauth from 'oauth4webapi'
import { UsageError } from '../errors.ts'
import type { ClientAuthentication } from './client.ts'

/**
 * `client_secret_basic`: id and secret, each form-encoded, in the `Authorization` header. Never in a browser.
 * @throws UsageError `invalid_configuration`
 * @see RFC 6749 section 2.3.1
 */
export function clientSecretBasic(secret: string): ClientAuthentication {
  return oauth.ClientSecretBasic(checkSecret(secret))
}

/**
 * Basic as HTTP has it: id and secret go into the header as they are. RFC 6749 wants them form-encoded first, but many servers do not
 * decode them and so refuse an id or secret with `+`, `%`, `/`, `=`, `@` or `!`, while those that decode misread the raw form.
 * Take it for a server that refuses `clientSecretBasic` with `invalid_client` although the secret is right.
 * @throws UsageError `invalid_configuration`, at the first request also for a client id with a colon, where the header would be cut
 * @see RFC 7617 section 2
 */
export function clientSecretBasicRaw(secret: string): ClientAuthentication {
  checkSecret(secret)
  return (_metadata, { client_id: clientId }, _body, headers) => {
    if (clientId.includes(':')) {
      throw new UsageError('invalid_configuration', 'A client id with a colon cannot be sent by raw Basic.')
    }
    const bytes = new TextEncoder().encode(`${clientId}:${secret}`)
    headers.set('authorization', `Basic ${btoa(String.fromCharCode(...bytes))}`)
  }
}

/**
 * `client_secret_post`: id and secret in the body of the request. Never in a browser.
 * @throws UsageError `invalid_configuration`
 * @see RFC 6749 section 2.3.1
 */
export function clientSecretPost(secret: string): ClientAuthentication {
  return oauth.ClientSecretPost(checkSecret(secret))
}

function checkSecret(secret: string): string {
  if (typeof secret !== 'string' || secret === '') {
    throw new UsageError('invalid_configuration', 'A client secret must be a string that is not empty.')
  }
  return secret
}

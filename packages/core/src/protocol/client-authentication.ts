import * as oauth from 'oauth4webapi'
import type { ClientAuthentication } from './client.ts'

/** No proof: a client whose code everybody can read. Its `client_id` is sent, and PKCE stands in for a secret. */
export function publicClient(): ClientAuthentication {
  return oauth.None()
}

import { type ClientAuthentication, clientSecretBasic } from '@oauth-concierge/core'
import { requireText } from './machine.ts'

/** The proof of a client that has a secret, by HTTP Basic. @throws UsageError `invalid_configuration` */
export function clientSecretOf({ clientSecret }: { readonly clientSecret?: string }): ClientAuthentication {
  return clientSecretBasic(requireText(clientSecret, 'clientSecret'))
}

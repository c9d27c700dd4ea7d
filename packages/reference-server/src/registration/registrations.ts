import type { ServerContext } from '../context.ts'
import type { ClientOptions } from '../options.ts'
import { buildClient } from '../clients/registered-client.ts'
import type { Registration } from '../state/records.ts'
import { revokeFamily } from '../tokens/token-families.ts'
import type { NewClient } from './client-metadata.ts'
import { invalidMetadata } from './metadata-readers.ts'

const registeredAtMost = 1000

/** Gives the new client an id, and a secret where its method asks for one. */
function complete({ newSecret }: ServerContext, newClient: NewClient): ClientOptions {
  const needsSecret = newClient.tokenEndpointAuthMethod?.startsWith('client_secret') ?? false
  return { ...newClient, clientId: newSecret(), ...(needsSecret && { clientSecret: newSecret() }) }
}

/** Forgets a client that registered itself, and revokes what was granted to it. @see RFC 7592 section 2.3 */
export function removeRegistration(context: ServerContext, { client }: Registration): void {
  const { stores, settings } = context
  stores.registrations.delete(client.clientId)
  settings.clients.delete(client.clientId)
  for (const family of stores.families.values()) if (family.client === client) revokeFamily(context, family)
}

/**
 * Registers a client, to be used at once. Of those that registered themselves the latest thousand are kept.
 *
 * @throws OAuthError `invalid_client_metadata` when the client contradicts itself
 */
export function addRegistration(context: ServerContext, newClient: NewClient): Registration {
  const { stores, settings, clock, newSecret } = context
  try {
    const client = buildClient(complete(context, newClient), settings)
    const registration = { client, registrationAccessToken: newSecret(), issuedAt: clock.now() }
    settings.clients.set(client.clientId, client)
    stores.registrations.set(client.clientId, registration)
    const [oldest] = stores.registrations.values()
    if (oldest && stores.registrations.size > registeredAtMost) removeRegistration(context, oldest)
    return registration
  } catch (error) {
    if (error instanceof TypeError) throw invalidMetadata('the metadata contradict each other or lack jwks')
    throw error
  }
}

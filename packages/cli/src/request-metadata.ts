import { createTokenClient, type Runtime, type ServerMetadata } from '@oauth-concierge/core'

/** The checked metadata of an issuer. @throws ProtocolError, TransportError; UsageError `insecure_url` */
export async function requestMetadata(issuer: string, runtime: Runtime): Promise<ServerMetadata> {
  return createTokenClient({ issuer, clientId: 'concierge', runtime }).metadata()
}

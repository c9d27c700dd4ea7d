import * as oauth from 'oauth4webapi'
import { UsageError } from '../errors.ts'
import type { AuthorizationExtension } from './authorization-extension.ts'
import type { Client } from './client.ts'
import { conciergeError, oauthClient, oauthOptions } from './oauth.ts'
import type { ServerMetadata } from './server-metadata.ts'

/**
 * Sends the parameters of an authorization request straight to the server first (PAR), so that nobody can read or change them in the
 * address. A request that the server refuses or does not answer is an error of the login: it is never sent the plain way instead.
 * @param options.mode `auto` (the default) pushes where the server offers it, `required` fails where it does not
 * @throws at login: UsageError `not_supported_by_server`; ServerError `request_refused`; ProtocolError `server_answer_malformed`; TransportError
 * @see RFC 9126 section 2
 */
export function pushedAuthorization(
  options: { readonly mode?: 'auto' | 'required' } = {},
): AuthorizationExtension {
  return {
    prepare: async (client, metadata, parameters) => {
      if (metadata.pushed_authorization_request_endpoint) return push(client, metadata, parameters)
      if (options.mode !== 'required') return parameters
      throw new UsageError(
        'not_supported_by_server',
        `${client.issuer} names no pushed_authorization_request_endpoint, and pushedAuthorization is required.`,
      )
    },
  }
}

async function push(
  client: Client,
  metadata: ServerMetadata,
  parameters: URLSearchParams,
): Promise<URLSearchParams> {
  const self = oauthClient(client)
  try {
    const response = await oauth.pushedAuthorizationRequest(
      metadata,
      self,
      client.authentication,
      parameters,
      oauthOptions(client),
    )
    const { request_uri } = await oauth.processPushedAuthorizationResponse(metadata, self, response)
    return new URLSearchParams({ client_id: client.clientId, request_uri })
  } catch (error) {
    throw conciergeError(error, 'server_answer_malformed')
  }
}

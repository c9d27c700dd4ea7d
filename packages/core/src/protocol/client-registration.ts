import * as oauth from 'oauth4webapi'
import { UsageError } from '../errors.ts'
import type { EpochSeconds } from '../ports/clock.ts'
import { completeRuntime } from '../ports/default-runtime.ts'
import type { Runtime } from '../ports/runtime.ts'
import { checkIssuer, type Client } from './client.ts'
import { publicClient } from './client-authentication.ts'
import { conciergeError, oauthOptions } from './oauth.ts'
import { requestServerMetadata } from './server-metadata.ts'

/** Where a client registers. */
export interface RegistrationOptions {
  /** The authorization server's issuer identifier, exactly as it calls itself. */
  readonly issuer: string
  /** A token that allows registering, for a server that does not let everybody do so. */
  readonly initialAccessToken?: string
  readonly runtime?: Partial<Runtime>
}

/**
 * What a client says of itself, in the words of the specification.
 * @see RFC 7591 section 2, OpenID Connect Dynamic Client Registration section 2
 */
export interface ClientMetadata {
  readonly redirect_uris?: readonly string[]
  readonly token_endpoint_auth_method?: string
  readonly grant_types?: readonly string[]
  readonly response_types?: readonly string[]
  readonly client_name?: string
  readonly scope?: string
  readonly jwks_uri?: string
  readonly [member: string]: unknown
}

/** A registered client. Its secret and its registration access token are secrets: keep them where no log or page shows them. */
export interface RegisteredClient {
  readonly clientId: string
  readonly clientSecret: string | undefined
  /** 0: never; undefined where there is no secret. */
  readonly clientSecretExpiresAt: EpochSeconds | undefined
  /** For reading and changing the registration at `registrationClientUri`. */
  readonly registrationAccessToken: string | undefined
  readonly registrationClientUri: string | undefined
  /** As registered, which may differ from what was asked for. */
  readonly metadata: ClientMetadata
}

/**
 * Registers a client at an authorization server, which gives it its `clientId`. Each call makes another client: keep the result.
 * @throws UsageError `invalid_configuration`, `insecure_url`, `not_supported_by_server`; ServerError `request_refused`; ProtocolError
 * `metadata_issuer_mismatch`, `metadata_malformed`, `server_answer_malformed`; TransportError
 * @see RFC 7591 section 3
 */
export async function registerClient(
  { issuer, initialAccessToken, runtime }: RegistrationOptions,
  metadata: ClientMetadata,
): Promise<RegisteredClient> {
  checkIssuer(issuer)
  const client: Client = {
    issuer,
    clientId: 'not registered yet',
    idTokenAlgorithms: [],
    authentication: publicClient(),
    runtime: completeRuntime(runtime),
  }
  const server = await requestServerMetadata(client)
  if (!server.registration_endpoint) {
    throw new UsageError('not_supported_by_server', `${issuer} names no registration_endpoint.`)
  }
  const options = { ...oauthOptions(client), ...(initialAccessToken !== undefined && { initialAccessToken }) }
  try {
    const request = metadata as Parameters<typeof oauth.dynamicClientRegistrationRequest>[1]
    const response = await oauth.dynamicClientRegistrationRequest(server, request, options)
    return readRegistration(await oauth.processDynamicClientRegistrationResponse(await acceptOk(response)))
  } catch (error) {
    throw conciergeError(error, 'server_answer_malformed')
  }
}

/** Many servers answer 200 in place of 201. */
async function acceptOk(response: Response): Promise<Response> {
  return response.status === 200
    ? new Response(await response.text(), { status: 201, headers: response.headers })
    : response
}

function readRegistration({
  client_id: clientId,
  client_secret: clientSecret,
  client_secret_expires_at: clientSecretExpiresAt,
  registration_access_token: registrationAccessToken,
  registration_client_uri: registrationClientUri,
  ...metadata
}: Record<string, unknown>): RegisteredClient {
  return {
    clientId,
    clientSecret,
    clientSecretExpiresAt,
    registrationAccessToken,
    registrationClientUri,
    metadata,
  } as RegisteredClient
}

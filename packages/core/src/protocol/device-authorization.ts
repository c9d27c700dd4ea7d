import * as oauth from 'oauth4webapi'
import { ProtocolError } from '../errors.ts'
import { isSecureUrl } from './client.ts'
import { buildParameters, notSupported } from './grant.ts'
import { loginRequestError, type PollingTerms, readPollingTerms } from './login-request.ts'
import { oauthClient, oauthOptions } from './oauth.ts'
import type { TokenClient } from './token-client.ts'

/** What a device asks for. */
export interface DeviceAuthorizationOptions {
  /** Space-delimited. Default `openid profile`. */
  readonly scope?: string
  /** @see RFC 8707 section 2 */
  readonly resource?: string | readonly string[]
  readonly extraParameters?: Readonly<Record<string, string>>
}

/** A login that the user does on another device. Plain data: another process may go on with it. */
export interface DeviceAuthorization extends PollingTerms {
  /** Fetches the tokens once the user agrees, so it is a secret: never show it. */
  readonly deviceCode: string
  /** For the user to type in at `verificationUri`. */
  readonly userCode: string
  readonly verificationUri: string
  /** The same with the code in it, for a QR code; undefined where the server has none. */
  readonly verificationUriComplete: string | undefined
  /** As asked for. */
  readonly scope: string
}

/**
 * Starts a login on a device without a browser: show the user `userCode` and `verificationUri`, then call `pollDeviceToken`.
 * @throws UsageError `not_supported_by_server`; ServerError `request_refused`; ProtocolError `login_request_malformed`; TransportError
 * @see RFC 8628 section 3.1
 */
export async function requestDeviceAuthorization(
  tokenClient: TokenClient,
  { scope = 'openid profile', resource, extraParameters }: DeviceAuthorizationOptions = {},
): Promise<DeviceAuthorization> {
  const { client } = tokenClient
  const metadata = await tokenClient.metadata()
  if (!metadata.device_authorization_endpoint) {
    throw notSupported(client.issuer, 'device_authorization_endpoint')
  }
  const self = oauthClient(client)
  const parameters = buildParameters({ scope, resource }, extraParameters)
  try {
    const { authentication } = client
    const options = oauthOptions(client)
    const response = await oauth.deviceAuthorizationRequest(
      metadata,
      self,
      authentication,
      parameters,
      options,
    )
    const answer = await oauth.processDeviceAuthorizationResponse(metadata, self, response)
    return {
      deviceCode: answer.device_code,
      userCode: answer.user_code,
      verificationUri: checkAddress(answer.verification_uri),
      verificationUriComplete:
        answer.verification_uri_complete && checkAddress(answer.verification_uri_complete),
      scope,
      ...readPollingTerms(client, answer),
    }
  } catch (error) {
    throw loginRequestError(error)
  }
}

/** The user is to follow it, and an application may well make a link of it. */
function checkAddress(address: string): string {
  if (URL.canParse(address) && isSecureUrl(new URL(address))) return address
  throw new ProtocolError('login_request_malformed', "The server's verification_uri is not an https URL.")
}

import type { ServerError } from '../errors.ts'
import { ProtocolError, UsageError } from '../errors.ts'
import { boundedRequest } from '../ports/bounded-request.ts'
import { readJsonObject } from '../protocol/amend-answer.ts'
import type { Client } from '../protocol/client.ts'
import { serverError } from '../protocol/oauth.ts'
import { checkServerMetadata } from '../protocol/server-metadata.ts'
import type { TokenClient } from '../protocol/token-client.ts'
import { checkOptIn, unsafeAllowGat } from './opt-in.ts'
import { checkNoSecretInBrowser } from './secret-in-browser.ts'

/** What is asked for, and by which right. */
export interface GatRequest {
  readonly allowGat: typeof unsafeAllowGat
  /** The access token of the client, as from `requestClientCredentials`. */
  readonly accessToken: string
  /** Such as `view` and `manage`. */
  readonly scopes: readonly string[]
}

/**
 * Asks for a GAT, the access-management token of one family of identity servers. Use it with `createGatFetch`.
 *
 * Do not use it where you have the choice: no specification has it, nothing says for which resource it counts, so each that sees it can use
 * it at the others, and the servers that speak it are past their support. Ask for access tokens of the scope or resource you need instead.
 * @returns the token, opaque
 * @throws UsageError `legacy_not_allowed`, `secret_in_browser`, `not_supported_by_server`; ServerError `request_refused`; ProtocolError
 * `metadata_malformed`, `metadata_issuer_mismatch`, `token_response_malformed`; TransportError
 */
export async function requestGat(tokenClient: TokenClient, request: GatRequest): Promise<string> {
  checkOptIn('allowGat', request.allowGat, unsafeAllowGat)
  await checkNoSecretInBrowser(tokenClient)
  const { client } = tokenClient
  const headers = {
    authorization: `Bearer ${request.accessToken}`,
    gat: 'true',
    accept: 'application/json',
    'content-type': 'application/json',
  }
  const body = JSON.stringify({ scopes: request.scopes })
  const endpoint = await findGatEndpoint(client)
  const answer = await boundedRequest(client.runtime, endpoint, { method: 'POST', headers, body })
  return readGat(answer)
}

async function findGatEndpoint(client: Client): Promise<string> {
  const url = `${new URL(client.issuer).origin}/.well-known/uma-configuration`
  const answer = await boundedRequest(client.runtime, url, { headers: { accept: 'application/json' } })
  const document = answer.ok ? await readJsonObject(answer) : undefined
  if (!document) throw new ProtocolError('metadata_malformed', `${url} is not a metadata document.`)
  const metadata = checkServerMetadata(client, { issuer: client.issuer, ...document })
  const endpoint = metadata['gat_endpoint']
  if (typeof endpoint === 'string') return endpoint
  throw new UsageError('not_supported_by_server', `${url} names no gat_endpoint.`)
}

async function readGat(answer: Response): Promise<string> {
  const body = await readJsonObject(answer)
  if (!answer.ok) throw refusal(answer.status, body)
  const rpt = body?.['rpt']
  // Without the header the server took the request for plain UMA, and the token is another one.
  if (typeof rpt === 'string' && rpt !== '' && answer.headers.get('gat')?.toLowerCase() === 'true') return rpt
  throw new ProtocolError(
    'token_response_malformed',
    'The answer to the request for a GAT has no rpt, or no header GAT: true.',
  )
}

function refusal(status: number, body: Readonly<Record<string, unknown>> | undefined): ServerError {
  const { error, error_description: description } = body ?? {}
  const words = typeof description === 'string' ? description : undefined
  return serverError('request_refused', typeof error === 'string' ? error : 'unauthorized', words, status)
}

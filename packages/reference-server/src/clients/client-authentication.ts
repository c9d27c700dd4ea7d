import type { Call, ClientAuthenticationMethod, PresentedClient } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Parameters } from '../http/parameters.ts'
import type { ClientAuthenticationName } from '../options.ts'
import type { Client } from '../settings.ts'
import { equalSecrets } from '../state/secrets.ts'
import { invalidClient } from './invalid-client.ts'

function presentSecret(clientId: string, secret: string): PresentedClient {
  return { clientId, prove: (client) => equalSecrets(secret, client.clientSecret ?? '') }
}

const formDecode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))

/** The two halves of HTTP Basic, still as they came; undefined where the request does not use it. */
function readBasic(request: Request): readonly [string, string] | undefined {
  const [scheme, credentials] = request.headers.get('authorization')?.split(' ') ?? []
  if (scheme?.toLowerCase() !== 'basic') return undefined
  try {
    const [, clientId, secret] = /^([^:]*):(.*)$/s.exec(atob(credentials ?? '')) ?? []
    if (clientId && secret) return [clientId, secret]
  } catch {
    // Not base64: refused below like any other unreadable header.
  }
  throw invalidClient('the Authorization header cannot be read')
}

/**
 * HTTP Basic, whose two halves are form-encoded.
 *
 * @throws OAuthError `invalid_client` when the header cannot be read
 * @see RFC 6749 section 2.3.1
 */
export const clientSecretBasic: ClientAuthenticationMethod = (request) => {
  const basic = readBasic(request)
  if (!basic) return undefined
  try {
    return presentSecret(formDecode(basic[0]), formDecode(basic[1]))
  } catch {
    throw invalidClient('the Authorization header is not form-encoded')
  }
}

/**
 * HTTP Basic whose two halves are taken as they are, as many servers do against RFC 6749 section 2.3.1.
 *
 * @throws OAuthError `invalid_client` when the header cannot be read
 */
export const rawBasic: ClientAuthenticationMethod = (request) => {
  const basic = readBasic(request)
  return basic && presentSecret(...basic)
}

function formDecodeIfPossible(text: string): string {
  try {
    return formDecode(text)
  } catch {
    return text
  }
}

/** HTTP Basic whose secret may come in either form. */
export const eitherBasic: ClientAuthenticationMethod = (request) => {
  const basic = readBasic(request)
  if (!basic) return undefined
  const [clientId, raw] = basic
  const secrets = [raw, formDecodeIfPossible(raw)]
  const prove: PresentedClient['prove'] = async ({ clientSecret = '' }) =>
    (await Promise.all(secrets.map((secret) => equalSecrets(secret, clientSecret)))).includes(true)
  return { clientId: formDecodeIfPossible(clientId), prove }
}

/** The secret in the form. @see RFC 6749 section 2.3.1 */
export const clientSecretPost: ClientAuthenticationMethod = (_request, parameters) => {
  const [clientId, secret] = [parameters.get('client_id'), parameters.get('client_secret')]
  if (secret === undefined) return undefined
  if (clientId === undefined) throw invalidClient('client_secret came without client_id')
  return presentSecret(clientId, secret)
}

/** A public client only names itself. @see RFC 6749 section 3.2.1 */
export const publicClient: ClientAuthenticationMethod = (request, parameters) => {
  const clientId = parameters.get('client_id')
  const hasProof =
    request.headers.has('authorization') ||
    parameters.has('client_secret') ||
    parameters.has('client_assertion')
  return clientId === undefined || hasProof ? undefined : { clientId, prove: async () => true }
}

/** Says whether a request shows who its client is by any method. */
export function showsClient({ context, request }: Call, parameters: Parameters): boolean {
  const methods = Object.values(context.dialect.clientAuthenticationMethods)
  return methods.some((read) => read(request, parameters) !== undefined)
}

function readPresented(call: Call, parameters: Parameters): [ClientAuthenticationName, PresentedClient] {
  const methods = Object.entries(call.context.dialect.clientAuthenticationMethods)
  const presented = methods.flatMap(([name, read]) => {
    const client = read(call.request, parameters)
    return client ? [[name as ClientAuthenticationName, client] as const] : []
  })
  const [first, second] = presented
  if (!first) throw invalidClient('the client does not say who it is')
  const clientIds = new Set([first[1].clientId, parameters.get('client_id') ?? first[1].clientId])
  if (second || clientIds.size > 1) {
    throw new OAuthError('invalid_request', 'the client authenticates in more than one way')
  }
  return [...first]
}

/**
 * The client that sent this request, proved by its own method.
 *
 * @throws OAuthError `invalid_client` (401), or `invalid_request` when two methods are mixed
 * @see RFC 6749 section 2.3
 */
export async function authenticateClient(call: Call, parameters: Parameters): Promise<Client> {
  const [method, presented] = readPresented(call, parameters)
  call.entry.clientId = presented.clientId
  const client = call.context.settings.clients.get(presented.clientId)
  const proved = client?.authenticationMethods.includes(method) && (await presented.prove(client, call))
  if (!client || !proved) throw invalidClient('unknown client, or its proof is wrong')
  return client
}

import { accessError, type Protection } from '../access/challenges.ts'
import type { Call, Endpoint, ServerContext } from '../context.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { jsonAnswer } from '../http/answers.ts'
import { readJsonBody } from '../http/json.ts'
import type { OAuthError } from '../http/oauth-error.ts'
import type { Registration } from '../state/records.ts'
import { equalSecrets } from '../state/secrets.ts'
import { describeClient, readClientMetadata } from './client-metadata.ts'
import { addRegistration, removeRegistration } from './registrations.ts'

const protection: Protection = { realm: 'registration' }

/** Says whether the request carries this very token. */
async function carriesToken({ headers }: Request, expected: string): Promise<boolean> {
  const [scheme, value = ''] = headers.get('authorization')?.split(' ') ?? []
  return scheme?.toLowerCase() === 'bearer' && (await equalSecrets(value, expected))
}

function unauthorized(call: Call): OAuthError {
  const description = 'the access token is missing or not the right one'
  return accessError(call, protection, { scheme: 'Bearer', code: 'invalid_token', description, status: 401 })
}

function describeRegistration(context: ServerContext, registration: Registration): Record<string, unknown> {
  const { client, registrationAccessToken, issuedAt } = registration
  const query = new URLSearchParams({ client_id: client.clientId })
  return {
    ...describeClient(client),
    client_id_issued_at: issuedAt,
    registration_access_token: registrationAccessToken,
    registration_client_uri: `${endpointUrl(context, 'client_configuration')}?${query}`,
  }
}

async function register(call: Call): Promise<Response> {
  const { context, request, entry } = call
  const { initialAccessToken } = context.settings
  if (initialAccessToken !== undefined && !(await carriesToken(request, initialAccessToken))) {
    throw unauthorized(call)
  }
  const metadata = await readJsonBody(request, 'invalid_client_metadata')
  const registration = addRegistration(context, readClientMetadata(context, metadata))
  entry.clientId = registration.client.clientId
  return jsonAnswer(describeRegistration(context, registration), { status: 201 })
}

async function configure(call: Call): Promise<Response> {
  const { context, request, received } = call
  const registration = context.stores.registrations.get(received.values.get('client_id') ?? '')
  if (!registration || !(await carriesToken(request, registration.registrationAccessToken))) {
    throw unauthorized(call)
  }
  if (request.method === 'GET') return jsonAnswer(describeRegistration(context, registration))
  removeRegistration(context, registration)
  return new Response(null, { status: 204, headers: { 'Cache-Control': 'no-store' } })
}

/** Where clients register themselves. @see RFC 7591 section 3 */
export const registrationEndpoint: Endpoint = {
  name: 'register',
  path: '/register',
  methods: ['POST'],
  body: 'other',
  metadata: 'registration_endpoint',
  origins: 'any',
  speaks: 'json',
  handle: register,
}

/** Where a client that registered itself looks at its registration, or ends it. @see RFC 7592 section 2 */
export const clientConfigurationEndpoint: Endpoint = {
  name: 'client_configuration',
  path: '/register/client',
  methods: ['GET', 'DELETE'],
  origins: 'any',
  speaks: 'json',
  handle: configure,
}

import { authenticateClient } from '../../clients/client-authentication.ts'
import type { Call, Endpoint } from '../../context.ts'
import { endpointUrl } from '../../endpoint-url.ts'
import { jsonAnswer } from '../../http/answers.ts'
import { readJsonBody } from '../../http/json.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import { mintServiceAccount, type ServiceAccount } from './service-accounts.ts'

/** The scope that a client must be registered with, by name, to create service accounts. */
export const serviceAccountScope = 'service-accounts.write'

async function checkAdministrator(call: Call): Promise<void> {
  const client = await authenticateClient(call, new Map())
  if (client.scopes?.includes(serviceAccountScope)) return
  throw new OAuthError('access_denied', `the client is not registered for ${serviceAccountScope}`, {
    status: 403,
  })
}

async function readName(call: Call): Promise<string> {
  const { name = 'service-account' } = await readJsonBody(call.request, 'invalid_request')
  if (typeof name === 'string' && /^[a-z][a-z\d-]{0,62}$/.test(name)) return name
  throw new OAuthError('invalid_request', 'name must be made of lower-case letters, digits and dashes')
}

/** Takes the accounts that are created, and says what the files call the project. */
export interface ServiceAccountsHome {
  readonly projectId: string
  readonly keep: (account: ServiceAccount) => void
}

/** Creates a service account and answers its file, which is shown this once. */
export function createServiceAccountsEndpoint({ projectId, keep }: ServiceAccountsHome): Endpoint {
  async function create(call: Call): Promise<Response> {
    const { context } = call
    await checkAdministrator(call)
    const clientEmail = `${await readName(call)}@${projectId}.iam.example`
    const { account, privateKey } = await mintServiceAccount(context, clientEmail)
    keep(account)
    const file = {
      type: 'service_account',
      project_id: projectId,
      private_key_id: account.privateKeyId,
      private_key: privateKey,
      client_email: clientEmail,
      client_id: account.client.clientId,
      auth_uri: endpointUrl(context, 'authorize'),
      token_uri: endpointUrl(context, 'token'),
    }
    return jsonAnswer(file, { status: 201 })
  }
  return {
    name: 'service_accounts',
    path: '/admin/service-accounts',
    methods: ['POST'],
    body: 'other',
    origins: 'none',
    speaks: 'json',
    handle: create,
  }
}

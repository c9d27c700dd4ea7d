import type { Call, Endpoint } from '../../context.ts'
import { endpointUrl } from '../../endpoint-url.ts'
import { documentAnswer } from '../../http/answers.ts'

async function discover({ context }: Call): Promise<Response> {
  const grantTypes = Object.keys(context.dialect.grants)
  const document = {
    version: '1.0',
    issuer: context.settings.issuer,
    pat_profiles_supported: ['bearer'],
    aat_profiles_supported: ['bearer'],
    rpt_profiles_supported: ['bearer'],
    pat_grant_types_supported: grantTypes,
    aat_grant_types_supported: grantTypes,
    token_endpoint: endpointUrl(context, 'token'),
    gat_endpoint: endpointUrl(context, 'gat'),
  }
  return documentAnswer(document, 300)
}

/** Where the server's tokens are to be had. @see UMA 1.0 section 1.4 */
export const umaConfigurationEndpoint: Endpoint = {
  name: 'uma_configuration',
  path: '/.well-known/uma-configuration',
  methods: ['GET'],
  origins: 'any',
  speaks: 'json',
  handle: discover,
}

import type { Call, Endpoint } from '../context.ts'
import { documentAnswer } from '../http/answers.ts'

const discover = async ({ context }: Call): Promise<Response> =>
  documentAnswer(context.dialect.buildMetadata(context), 300)

const shared = { methods: ['GET'], origins: 'any', speaks: 'json', handle: discover } as const

/** Provider metadata. @see OpenID Connect Discovery 1.0 section 4 */
export const openidConfigurationEndpoint: Endpoint = {
  ...shared,
  name: 'discovery',
  path: '/.well-known/openid-configuration',
}

/** Authorization server metadata: the same document. @see RFC 8414 section 3 */
export const authorizationServerMetadataEndpoint: Endpoint = {
  ...shared,
  name: 'discovery',
  path: '/.well-known/oauth-authorization-server',
}

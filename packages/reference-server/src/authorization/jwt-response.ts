import type { ServerContext } from '../context.ts'
import type { Client } from '../settings.ts'
import type { PlainResponseMode, ResponseMode } from '../state/records.ts'
import { signJwt } from '../tokens/sign-jwt.ts'

/** How long a response may be on its way, in seconds. */
const lifetime = 600

const modes: Readonly<Record<ResponseMode, readonly [mode: PlainResponseMode, isJwt: boolean]>> = {
  query: ['query', false],
  fragment: ['fragment', false],
  form_post: ['form_post', false],
  jwt: ['query', true],
  'query.jwt': ['query', true],
  'fragment.jwt': ['fragment', true],
  'form_post.jwt': ['form_post', true],
}

/** The way a response mode travels, and whether as a JWT. `jwt` alone means the query, as codes do. */
export function splitResponseMode(mode: ResponseMode): readonly [mode: PlainResponseMode, isJwt: boolean] {
  return modes[mode]
}

/**
 * Packs an authorization response into one signed JWT, the parameter `response`.
 *
 * @see JWT Secured Authorization Response Mode for OAuth 2.0 section 2.1
 */
export async function buildJwtResponse(
  context: ServerContext,
  client: Client,
  parameters: URLSearchParams,
): Promise<URLSearchParams> {
  const claims = {
    ...Object.fromEntries(parameters),
    iss: context.dialect.readIssuer(context.settings),
    aud: client.clientId,
    exp: context.clock.now() + lifetime,
  }
  return new URLSearchParams({ response: await signJwt(context, claims, 'JWT') })
}

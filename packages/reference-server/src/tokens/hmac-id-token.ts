import { CompactSign } from 'jose'
import type { IdTokenFacts, ServerContext } from '../context.ts'

/**
 * An ID token signed with the secret of its client, HS256.
 *
 * @throws TypeError when the client has no secret
 * @see OpenID Connect Core 1.0 section 10.1
 */
export async function buildHmacIdToken(context: ServerContext, facts: IdTokenFacts): Promise<string> {
  const { clientId, clientSecret } = facts.family.client
  if (clientSecret === undefined) throw new TypeError(`client ${clientId} has no secret to sign with`)
  const claims = await context.dialect.buildIdTokenClaims(context, facts)
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ typ: 'JWT', alg: 'HS256' })
    .sign(new TextEncoder().encode(clientSecret))
}

import type { FaultNameOf } from '../faults.ts'
import { insteadOf } from './answers.ts'
import type { Exchange, FaultEffect } from './exchange.ts'

/** The scheme by which the request showed its token. */
function schemeOf({ request }: Exchange): string {
  return /^dpop /i.test(request.headers.get('authorization') ?? '') ? 'DPoP' : 'Bearer'
}

/** A refusal in the words of RFC 6750 section 3. */
const challenge = (
  status: number,
  error: string,
  more: (exchange: Exchange) => string = () => '',
): FaultEffect =>
  insteadOf((exchange) => {
    const value = `${schemeOf(exchange)} error="${error}"${more(exchange)}`
    const headers = { 'WWW-Authenticate': value, 'Access-Control-Expose-Headers': 'WWW-Authenticate' }
    return Response.json({ error }, { status, headers })
  })

/** Faults of whatever takes an access token. */
export const resourceFaults: Readonly<Record<FaultNameOf<'resource'>, FaultEffect>> = {
  'resource.invalid_token_401': challenge(401, 'invalid_token'),
  'resource.insufficient_scope_403': challenge(
    403,
    'insufficient_scope',
    ({ options: { value = 'admin' } }) => `, scope="${value}"`,
  ),
}

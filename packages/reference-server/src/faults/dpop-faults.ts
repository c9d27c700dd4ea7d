import type { FaultNameOf } from '../faults.ts'
import { changeAnswer, changeJson, oauthError, withHeaders } from './answers.ts'
import type { Exchange, FaultEffect } from './exchange.ts'

const hasProof = ({ request }: Exchange): boolean => request.headers.has('dpop')

/** Strikes requests with a DPoP proof only. */
const withProof =
  (effect: FaultEffect): FaultEffect =>
  (exchange) =>
    hasProof(exchange) ? effect(exchange) : exchange.forward()

const nonce = (): string => crypto.randomUUID()
const error = { error: 'use_dpop_nonce' }

/** A demand with a nonce of our own: for servers that do not check nonces themselves. */
const demand: FaultEffect = (exchange) =>
  oauthError(400, error, { 'DPoP-Nonce': nonce(), 'Access-Control-Expose-Headers': 'DPoP-Nonce' })(exchange)

const demandByResource: FaultEffect = (exchange) =>
  oauthError(401, error, {
    'DPoP-Nonce': nonce(),
    'WWW-Authenticate': 'DPoP error="use_dpop_nonce"',
    'Access-Control-Expose-Headers': 'DPoP-Nonce, WWW-Authenticate',
  })(exchange)

/** Faults of DPoP. All but the rotated nonce strike requests with a proof only. @see RFC 9449 sections 7 to 9 */
export const dpopFaults: Readonly<Record<FaultNameOf<'dpop'>, FaultEffect>> = {
  'dpop.nonce_demanded': withProof(demand),
  'dpop.nonce_demanded_by_resource': withProof(demandByResource),
  'dpop.nonce_rotated': changeAnswer(
    (answer) => withHeaders(answer, { 'DPoP-Nonce': nonce() }),
    ({ ok }) => ok,
  ),
  'dpop.answered_bearer': withProof(
    changeJson(
      (body) => void (body['token_type'] = 'Bearer'),
      ({ access_token: accessToken }) => accessToken !== undefined,
    ),
  ),
  'dpop.bearer_challenge': withProof(
    oauthError(401, { error: 'invalid_token' }, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }),
  ),
}

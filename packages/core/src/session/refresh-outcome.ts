import { ServerError, SessionError, StorageError, TransportError } from '../errors.ts'

/**
 * What a failed refresh request says about the refresh token.
 * `refused`: it is dead. `unspent`: the request was not carried out, so the token is as it was.
 * `unknown`: the server may have rotated it; the answer is lost.
 */
export type RefreshOutcome = 'refused' | 'unspent' | 'unknown'

/** Failures of the connection before a request could leave. */
const neverSent = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

/** Answers that a gateway gives in the place of a server whose answer it lost. */
const gatewayFailures = [502, 504]

/** Tells what a failed refresh request means. */
export function readRefreshOutcome(error: unknown): RefreshOutcome {
  if (error instanceof ServerError) return error.error === 'invalid_grant' ? 'refused' : 'unspent'
  // Without its key no refresh token serves; with a key store that fails none was sent.
  if (error instanceof SessionError) return 'refused'
  if (error instanceof StorageError) return 'unspent'
  if (!(error instanceof TransportError)) return 'unknown'
  switch (error.code) {
    case 'offline':
    case 'rate_limited':
    case 'redirected':
    case 'signer_failed':
    case 'unexpected_response':
      return 'unspent'
    case 'server_unavailable':
      return gatewayFailures.includes(error.status ?? 0) ? 'unknown' : 'unspent'
    case 'network_failed':
      return neverSent.includes(error.reason ?? '') ? 'unspent' : 'unknown'
    default:
      return 'unknown'
  }
}

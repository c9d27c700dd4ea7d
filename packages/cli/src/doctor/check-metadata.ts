import type { ServerMetadata } from '@oauth-concierge/core'
import type { SeenAnswer } from './examiner.ts'
import { bad, doubtful, type Finding, good } from './finding.ts'

const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const

/** Whether the endpoints that a login needs are there. That each is as safe as the issuer was checked as it came. */
export function checkEndpoints(metadata: ServerMetadata): readonly Finding[] {
  const missing = needed.filter((name) => metadata[name] === undefined)
  if (missing.length > 0)
    return [
      bad(
        'endpoints',
        `The metadata names no ${missing.join(', no ')}.`,
        'Publish them, or log in another way.',
      ),
    ]
  if (!metadata.issuer.startsWith('https:'))
    return [doubtful('endpoints', 'They speak plain http.', 'That is for this machine alone: serve https.')]
  return [good('endpoints', `https, and all that a login needs: ${needed.join(', ')}.`)]
}

/** @see RFC 9700 section 2.1.1 */
export function checkPkce({ code_challenge_methods_supported: methods }: ServerMetadata): readonly Finding[] {
  if (methods?.includes('S256')) return [good('PKCE', 'S256 is announced.')]
  if (methods)
    return [
      bad('PKCE', 'It is announced, and S256 is not among its methods.', 'Switch S256 on at the server.'),
    ]
  return [
    doubtful(
      'PKCE',
      'It is not announced. Codes may be open to theft.',
      'Have the server check PKCE, and say so in code_challenge_methods_supported.',
    ),
  ]
}

/** @see RFC 9207 */
export function checkIssuerInResponse(metadata: ServerMetadata): readonly Finding[] {
  return metadata.authorization_response_iss_parameter_supported
    ? [good('iss in callbacks', 'It is promised, so answers of other servers are told apart.')]
    : [
        doubtful(
          'iss in callbacks',
          'It is not promised: a client of several servers may take the answer of one for that of another.',
          'Switch authorization_response_iss_parameter_supported on at the server.',
        ),
      ]
}

const noticeable = 5
const harmful = 60

/** Whether the server's clock and that of this machine agree. */
export function checkClocks(seen: SeenAnswer | undefined): readonly Finding[] {
  const date = Date.parse(seen?.headers.get('date') ?? '')
  if (!seen || Number.isNaN(date))
    return [doubtful('clocks', 'The server does not say what time it is.', 'Have it send a Date header.')]
  const offset = Math.round((date - (seen.sentAt + seen.receivedAt) / 2) / 1000)
  const words = `The server is ${Math.abs(offset)} s ${offset < 0 ? 'behind' : 'ahead of'} this machine.`
  const fix = 'Set the clock that is wrong, and have it kept right (NTP).'
  if (Math.abs(offset) >= harmful) return [bad('clocks', words, fix)]
  if (Math.abs(offset) >= noticeable) return [doubtful('clocks', words, fix)]
  return [good('clocks', 'The server and this machine agree.')]
}

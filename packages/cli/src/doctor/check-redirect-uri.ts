import { randomBytes } from 'node:crypto'
import { isSecureUrl, type ServerMetadata } from '@oauth-concierge/core'
import type { Examiner } from './examiner.ts'
import { bad, doubtful, type Finding, good } from './finding.ts'

/** The redirect URI in question, and whose it is. */
export interface RedirectUriInQuestion {
  readonly redirectUri: string
  readonly clientId: string | undefined
}

const check = 'redirect URI'

/** Whether a redirect URI is one, and whether the server knows it: it is asked for a login without a page (`prompt=none`). */
export async function checkRedirectUri(
  examiner: Examiner,
  metadata: ServerMetadata,
  { redirectUri, clientId }: RedirectUriInQuestion,
): Promise<readonly Finding[]> {
  const problem = problemOf(redirectUri)
  if (problem) return [problem]
  const endpoint = metadata.authorization_endpoint
  if (clientId === undefined || endpoint === undefined)
    return [good(check, 'Its form is right. With --client-id the server is asked whether it knows it.')]
  await examiner.ask(authorizationUrl(endpoint, redirectUri, clientId))
  const seen = examiner.latest()
  if (!seen)
    return [bad(check, 'The authorization endpoint gave no answer.', 'See to it that it can be reached.')]
  if (seen.headers.get('location')?.startsWith(redirectUri))
    return [good(check, 'The server sends answers there.')]
  if (seen.status >= 400)
    return [
      bad(
        check,
        `The server refuses the request with ${seen.status} and sends no answer there.`,
        'Register exactly this redirect URI for this client, to the last slash; or the client id is wrong.',
      ),
    ]
  return [
    doubtful(
      check,
      'The server shows a page of its own instead of an answer, so it cannot be told whether it knows it.',
      'Open the login in a browser and see whether it comes back.',
    ),
  ]
}

/** @see RFC 6749 section 3.1.2, RFC 8252 section 7 */
function problemOf(redirectUri: string): Finding | undefined {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined
  if (!url) return bad(check, 'It is no absolute URI.', 'Give it whole, from https:// on.')
  if (url.hash || redirectUri.includes('#'))
    return bad(check, 'It has a fragment.', 'Take away what follows the #.')
  if (url.protocol === 'http:' && !isSecureUrl(url))
    return bad(check, 'It speaks plain http.', 'Serve https; plain http works on loopback only.')
  const isPrivateScheme = !['http:', 'https:'].includes(url.protocol)
  if (isPrivateScheme && !url.protocol.includes('.'))
    return bad(
      check,
      'Its scheme may be that of many apps.',
      'Take a domain of yours in reverse, such as com.example.app:/.',
    )
  return undefined
}

/** Nothing comes of it: the verifier is thrown away. */
function authorizationUrl(endpoint: string, redirectUri: string, clientId: string): string {
  const url = new URL(endpoint)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid',
    prompt: 'none',
    state: randomBytes(16).toString('base64url'),
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

import type { ServerMetadata } from '@oauth-concierge/core'
import type { Examiner, SeenAnswer } from './examiner.ts'
import { bad, type Finding, good } from './finding.ts'

/** What a page reads, and how it asks for it. */
interface PageRequest {
  readonly name: string
  readonly url: string | undefined
  readonly init: RequestInit
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const preflight = {
  method: 'OPTIONS',
  headers: { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
}

/**
 * Whether a page of this origin can read what it needs. The token endpoint is asked for nothing, which it refuses: a page has to be able to
 * read refusals too.
 * @param metadataAnswer how the metadata came to the same origin
 */
export async function checkCors(
  examiner: Examiner,
  metadata: ServerMetadata,
  { origin, metadataAnswer }: { readonly origin: string; readonly metadataAnswer: SeenAnswer | undefined },
): Promise<readonly Finding[]> {
  const requests: readonly PageRequest[] = [
    { name: 'keys', url: metadata.jwks_uri, init: {} },
    {
      name: 'token endpoint',
      url: metadata.token_endpoint,
      init: { method: 'POST', headers: form, body: '' },
    },
    { name: 'user info', url: metadata.userinfo_endpoint, init: preflight },
  ]
  const findings = [judge('metadata', metadataAnswer, origin)]
  for (const { name, url, init } of requests) {
    if (url === undefined) continue
    await examiner.ask(url, init)
    findings.push(judge(name, examiner.latest(), origin, init === preflight))
  }
  return findings
}

function judge(name: string, seen: SeenAnswer | undefined, origin: string, isPreflight = false): Finding {
  const check = `CORS, ${name}`
  if (!seen) return bad(check, 'There was no answer.', 'See to it that the server can be reached.')
  const fix = `Allow the origin ${origin} at the server, often by registering it with the client.`
  const allowed = seen.headers.get('access-control-allow-origin')
  if (allowed !== origin && allowed !== '*')
    return bad(check, `A page of ${origin} cannot read it (status ${seen.status}).`, fix)
  if (!isPreflight) return good(check, `A page of ${origin} can read it.`)
  const headers =
    seen.headers
      .get('access-control-allow-headers')
      ?.toLowerCase()
      .split(/\s*,\s*/) ?? []
  if (seen.status >= 300)
    return bad(
      check,
      `The preflight is answered with ${seen.status}.`,
      'Answer OPTIONS without a token, with 204.',
    )
  // A star does not stand for this header.
  if (!headers.includes('authorization'))
    return bad(
      check,
      'A page may not send Authorization.',
      'Name Authorization in Access-Control-Allow-Headers.',
    )
  return good(check, `A page of ${origin} can ask for it.`)
}

import type { FaultNameOf } from '../faults.ts'
import { changeJson, htmlAnswer, type JsonObject, redirected, unavailable } from './answers.ts'
import type { FaultEffect, FaultOptions } from './exchange.ts'

/** The same URL with a slash more at its end, or less. */
export const turnTrailingSlash = (url: string): string => (url.endsWith('/') ? url.slice(0, -1) : `${url}/`)

const setMember = (
  member: string,
  value: (options: FaultOptions, body: JsonObject) => unknown,
): FaultEffect => changeJson((body, { options }) => void (body[member] = value(options, body)))

const removeMember = (member: string): FaultEffect => changeJson((body) => void delete body[member])

const moveEndpoints = changeJson((body) => {
  body['token_endpoint'] = `${String(body['token_endpoint'])}-moved`
})

const overPlainHttp = changeJson((body) => {
  for (const [member, url] of Object.entries(body)) {
    const isEndpoint = /_(endpoint|uri)$/.test(member) && typeof url === 'string'
    if (isEndpoint) body[member] = url.replace(/^https?:\/\/[^/]+/, 'http://as.example.net')
  }
})

/** Faults of the discovery document. */
export const discoveryFaults: Readonly<Record<FaultNameOf<'discovery'>, FaultEffect>> = {
  'discovery.wrong_issuer': setMember('issuer', ({ value }) => value ?? 'https://attacker.example'),
  'discovery.trailing_slash': setMember('issuer', (_, { issuer }) => turnTrailingSlash(String(issuer))),
  'discovery.foreign_token_endpoint': setMember(
    'token_endpoint',
    ({ value }) => value ?? 'https://attacker.example/token',
  ),
  'discovery.foreign_jwks_uri': setMember(
    'jwks_uri',
    ({ value }) => value ?? 'https://attacker.example/jwks',
  ),
  'discovery.endpoints_moved': moveEndpoints,
  'discovery.http_endpoints': overPlainHttp,
  'discovery.javascript_endpoint': setMember('authorization_endpoint', () => 'javascript:alert(1)'),
  'discovery.file_endpoint': setMember('token_endpoint', () => 'file:///etc/passwd'),
  'discovery.link_local_endpoint': setMember(
    'token_endpoint',
    () => 'http://169.254.169.254/latest/meta-data',
  ),
  'discovery.pkce_unannounced': removeMember('code_challenge_methods_supported'),
  'discovery.pkce_plain_only': setMember('code_challenge_methods_supported', () => ['plain']),
  'discovery.iss_unannounced': removeMember('authorization_response_iss_parameter_supported'),
  'discovery.html_200': htmlAnswer(200),
  'discovery.redirected': redirected,
  'discovery.unavailable': unavailable,
}

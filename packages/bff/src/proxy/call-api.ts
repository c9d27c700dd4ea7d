import { type AccessGrant, readChallenges, type SenderConstraint, type Renewal } from '@oauth-concierge/core'
import type { Upstream, UpstreamAnswer, UpstreamCall } from '../http/exchange.ts'

/** What a call needs beside the request. */
export interface CallContext {
  readonly renewal: Renewal
  readonly senderConstraint: SenderConstraint | undefined
}

/**
 * Calls an API with the session's access token. A 401 with `invalid_token` leads to one refresh and one replay, where the body can be sent again.
 * @throws as the renewal, the sender constraint and `upstream.send` do
 * @see RFC 6750 section 3.1, RFC 9449 section 7.1
 */
export async function callApi<Body>(
  { renewal, senderConstraint }: CallContext,
  call: UpstreamCall,
  upstream: Upstream<Body>,
): Promise<UpstreamAnswer<Body>> {
  const send = (grant: AccessGrant): Promise<UpstreamAnswer<Body>> =>
    senderConstraint
      ? sendWithProof(senderConstraint, { call, grant, upstream })
      : upstream.send(withAuthorization(call, `Bearer ${grant.accessToken}`))
  const grant = renewal.peek() ?? (await renewal.current())
  const answer = await send(grant)
  if (answer.status !== 401 || !isInvalidToken(answer) || !upstream.canRepeat()) return answer
  answer.discard()
  return send(await renewal.otherThan(grant))
}

function withAuthorization(call: UpstreamCall, authorization: string): UpstreamCall {
  return { ...call, headers: { ...call.headers, authorization } }
}

function isInvalidToken(answer: UpstreamAnswer<unknown>): boolean {
  return answer.headers.some(
    ([name, value]) =>
      name === 'www-authenticate' &&
      readChallenges(value).some(({ parameters }) => parameters.get('error') === 'invalid_token'),
  )
}

/** The proof is made for a request without its body, which stays with the upstream; the answer is shown to it without body as well. */
async function sendWithProof<Body>(
  senderConstraint: SenderConstraint,
  { call, grant, upstream }: { call: UpstreamCall; grant: AccessGrant; upstream: Upstream<Body> },
): Promise<UpstreamAnswer<Body>> {
  const { accessToken, boundTo } = grant
  let answer: UpstreamAnswer<Body> | undefined
  const request = (): Request => new Request(`${call.origin}${call.path}`, { method: call.method })
  const send = async ({ headers }: Request): Promise<Response> => {
    answer?.discard()
    const dpop = headers.get('dpop') ?? ''
    const withProof = withAuthorization(call, headers.get('authorization') ?? '')
    answer = await upstream.send({ ...withProof, headers: { ...withProof.headers, dpop } })
    return new Response(null, { status: answer.status, headers: challengesOf(answer) })
  }
  const again = async (): Promise<Request | undefined> => (upstream.canRepeat() ? request() : undefined)
  await senderConstraint.fetch({ accessToken, boundTo, request: request(), again, send })
  if (!answer) throw new TypeError('A sender constraint sent nothing.')
  return answer
}

function challengesOf({ headers }: UpstreamAnswer<unknown>): [string, string][] {
  return headers
    .filter(([name]) => name === 'www-authenticate' || name === 'dpop-nonce')
    .map(([name, value]) => [name, value])
}

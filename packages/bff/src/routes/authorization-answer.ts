import { ConciergeError, readFormPost } from '@oauth-concierge/core'
import { parseObject } from '@oauth-concierge/core/jws'
import type { BffContext } from '../bff-context.ts'
import { page } from '../http/answers.ts'
import type { BffAnswer, BffRequest } from '../http/exchange.ts'
import { formPage, formPolicy } from '../http/pages.ts'

const longestBody = 65_536
const again = '?again'

/**
 * What the authorization server sent back: in the query, or by a form of its page (`response_mode=form_post`). Nothing in it is trusted yet.
 * @returns undefined for a form that is none
 */
export async function readAnswer(
  request: BffRequest,
  { origin, redirectUri }: BffContext,
): Promise<URLSearchParams | undefined> {
  if (request.method === 'GET') return new URL(request.target, origin).searchParams
  const body = await request.text(longestBody)
  if (body === undefined) return undefined
  const headers = { 'content-type': request.header('content-type') ?? '' }
  return readFormPost(new Request(redirectUri, { method: 'POST', headers, body })).catch((error: unknown) => {
    if (!(error instanceof ConciergeError)) throw error
    return undefined
  })
}

/** Which login the answer says it is of. It may be a signed one (JARM), whose signature is checked later: this only finds the record that it is checked against. */
export function stateOf(parameters: URLSearchParams): string {
  const [, claims = ''] = (parameters.get('response') ?? '').split('.')
  const state = parameters.get('state') ?? parseObject(claims)?.['state']
  return typeof state === 'string' ? state : ''
}

/**
 * A form that another site's page posts comes without the cookie of the login, which is Lax. So the browser is given the same form once more, to
 * post it from a page of this origin: no cookie has to be opened to other sites (`SameSite=None`), and no code stands in a URL. Whoever posts here from
 * elsewhere gains nothing by it: an answer is worth something only in the browser whose login has this state, as with an answer in the query.
 */
export function bringAgain({ base }: BffContext, parameters: URLSearchParams): BffAnswer {
  const form = formPage(`${base}/callback${again}`, [...parameters], 'Logging in')
  return page(200, form, { policy: `${formPolicy}; form-action 'self'` })
}

/** Whether it was: then it is not given out another time. */
export function isBroughtAgain({ target }: BffRequest): boolean {
  return target.endsWith(again)
}

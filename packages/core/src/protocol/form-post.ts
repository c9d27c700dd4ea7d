import { ProtocolError } from '../errors.ts'
import { readTextWithin } from '../ports/read-text-within.ts'

/** Largest body of an authorization response that is read. */
const maxBytes = 65_536

/**
 * The parameters of an authorization response that came by `response_mode=form_post`, for `finishLogin`. Nothing in them is trusted yet.
 * Ask for it with `extraParameters: { response_mode: 'form_post' }`, or with `jwtResponse({ mode: 'form_post.jwt' })`.
 * The POST comes from the authorization server's page: cookies with `SameSite=Lax` or `Strict` are not sent along with it.
 * @throws ProtocolError `callback_malformed` for another method or media type, or a body of more than 64 KiB
 * @see OAuth 2.0 Form Post Response Mode section 2
 */
export async function readFormPost(request: Request): Promise<URLSearchParams> {
  const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (request.method !== 'POST' || mediaType !== 'application/x-www-form-urlencoded') {
    throw new ProtocolError('callback_malformed', 'The callback is not a form that was posted.')
  }
  return new URLSearchParams(await readText(request))
}

async function readText({ body }: Request): Promise<string> {
  const text = await readTextWithin(body, maxBytes).catch(() => {
    throw new ProtocolError('callback_malformed', 'The posted form ended before its end.')
  })
  if (text !== undefined) return text
  throw new ProtocolError('callback_malformed', `The posted form has more than ${maxBytes} bytes.`)
}

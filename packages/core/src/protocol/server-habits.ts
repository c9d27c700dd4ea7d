import { TransportError } from '../errors.ts'
import { amendAnswer, readJsonObject } from './amend-answer.ts'
import type { ServerHabits } from './client.ts'

/**
 * How a server says that a refresh token is dead, where it does not say `invalid_grant`.
 * `invalid_request`: by this error code, with whatever status. `empty_400`: by the status 400 and no body.
 * `html_500`: by the status 500 and an HTML page.
 */
export type DeadRefreshTokenSign = 'invalid_request' | 'empty_400' | 'html_500'

/** Ways of a server that no specification has. Name only those you have seen it show. */
export interface ServerHabitsOptions {
  /**
   * What else ends a session at a refresh. By default only `invalid_grant` does, and any of these leaves the session alive, to be tried again.
   * With a sign named here, an outage that looks the same logs users out.
   */
  readonly deadRefreshToken?: readonly DeadRefreshTokenSign[]
  /** What a token response without `token_type` counts as. By default it is refused, since the member is required. */
  readonly absentTokenType?: 'bearer'
}

/**
 * Lets a client cope with habits of its server: what the server says in its own way is put into the standard's words, so that
 * everything else goes by the book.
 * @see RFC 6749 sections 5.1 and 5.2, which these servers do not keep to
 */
export function serverHabits(options: ServerHabitsOptions): ServerHabits {
  const { deadRefreshToken = [], absentTokenType } = options
  return async (send, body) => {
    const grantType = body instanceof URLSearchParams ? body.get('grant_type') : null
    const answer = grantType === 'refresh_token' ? await sendRefresh(send, deadRefreshToken) : await send()
    if (grantType === null || absentTokenType === undefined || !answer.ok) return answer
    return amendAnswer(answer, (members) => ({ token_type: absentTokenType, ...members }))
  }
}

async function sendRefresh(
  send: () => Promise<Response>,
  signs: readonly DeadRefreshTokenSign[],
): Promise<Response> {
  const settled = await send().catch((error: unknown) => ({ error }))
  const sign = settled instanceof Response ? await readAnswer(settled) : readFailure(settled.error)
  if (sign && signs.includes(sign)) return Response.json({ error: 'invalid_grant' }, { status: 400 })
  if (settled instanceof Response) return settled
  throw settled.error
}

async function readAnswer(answer: Response): Promise<DeadRefreshTokenSign | undefined> {
  if (answer.ok) return undefined
  const members = await readJsonObject(answer)
  if (members?.['error'] === 'invalid_request') return 'invalid_request'
  const isEmpty = answer.status === 400 && (await answer.clone().text()) === ''
  return isEmpty ? 'empty_400' : undefined
}

function readFailure(error: unknown): DeadRefreshTokenSign | undefined {
  const { status, contentType } = error instanceof TransportError ? error : {}
  return status === 500 && contentType === 'text/html' ? 'html_500' : undefined
}

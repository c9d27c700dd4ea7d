/** A request is refused. @see RFC 6750 section 3.1 for the codes */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: string | undefined

  constructor(status: number, code?: string, description = '') {
    super(description)
    this.status = status
    this.code = code
  }

  /** The answer to send, with a challenge where a token is asked for. */
  toResponse(): Response {
    const parts = ['realm="orders"']
    if (this.code) parts.push(`error="${this.code}"`, `error_description="${this.message}"`)
    const asksForToken = this.status === 401 || this.status === 403
    const headers = asksForToken ? { 'WWW-Authenticate': `Bearer ${parts.join(', ')}` } : {}
    return Response.json({ error: this.code ?? 'refused' }, { status: this.status, headers })
  }
}

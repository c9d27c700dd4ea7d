import { OAuthError } from './oauth-error.ts'

/** Request parameters, each with one value. */
export type Parameters = ReadonlyMap<string, string>

/** Parameters as they arrived, with the names that came more than once kept apart. */
export interface ReceivedParameters {
  readonly values: Parameters
  readonly repeated: ReadonlySet<string>
  /** Every value of a parameter that may come more than once; `values` holds the first. */
  readonly lists: ReadonlyMap<string, readonly string[]>
}

const bodyLimitBytes = 64 * 1024

/** @see RFC 8707 section 2, RFC 8693 section 2.1 */
const repeatable: ReadonlySet<string> = new Set(['resource', 'audience'])

const secretParameters: ReadonlySet<string> = new Set([
  'access_token',
  'actor_token',
  'assertion',
  'auth_req_id',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'form_token',
  'id_token_hint',
  'password',
  'refresh_token',
  'subject_token',
  'token',
])

/**
 * Sorts the pairs of a query or form. A parameter without a value counts as left out.
 *
 * @see RFC 6749 section 3.1
 */
export function collectParameters(pairs: Iterable<readonly [string, string]>): ReceivedParameters {
  const values = new Map<string, string>()
  const repeated = new Set<string>()
  const lists = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    if (value === '') continue
    if (repeatable.has(name)) lists.set(name, [...(lists.get(name) ?? []), value])
    else if (values.has(name)) repeated.add(name)
    if (!values.has(name)) values.set(name, value)
  }
  return { values, repeated, lists }
}

/**
 * The parameters, if none came twice.
 *
 * @throws OAuthError `invalid_request`
 * @see RFC 6749 section 3.2
 */
export function singleParameters({ values, repeated }: ReceivedParameters): Parameters {
  const [name] = repeated
  if (name !== undefined) throw new OAuthError('invalid_request', `parameter ${name} is repeated`)
  return values
}

/**
 * Reads a body of at most 64 KiB as text.
 *
 * @throws OAuthError `invalid_request` (413) when it is larger
 */
export async function readBoundedText(request: Request): Promise<string> {
  const tooLarge = () => new OAuthError('invalid_request', 'the request body is too large', { status: 413 })
  if (Number(request.headers.get('content-length') ?? 0) > bodyLimitBytes) throw tooLarge()
  if (!request.body) return ''
  const decoder = new TextDecoder()
  const reader = request.body.getReader()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > bodyLimitBytes) {
      await reader.cancel()
      throw tooLarge()
    }
    text += decoder.decode(value, { stream: true })
  }
}

/**
 * Reads a form body of at most 64 KiB.
 *
 * @throws OAuthError `invalid_request` when it is larger (413) or not a form
 */
export async function readForm(request: Request): Promise<ReceivedParameters> {
  const contentType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const text = await readBoundedText(request)
  if (text !== '' && contentType !== 'application/x-www-form-urlencoded') {
    throw new OAuthError('invalid_request', 'the body must be application/x-www-form-urlencoded')
  }
  return collectParameters(new URLSearchParams(text))
}

/** The parameters of a request: those of its form for POST, those of its query otherwise. */
export async function readParameters(
  request: Request,
  body: 'form' | 'other' = 'form',
): Promise<ReceivedParameters> {
  if (request.method === 'POST' && body === 'form') return readForm(request)
  return collectParameters(new URL(request.url).searchParams)
}

/** A copy for the ledger, in which secrets read `[masked]`. */
export function maskParameters(parameters: Parameters): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...parameters].map(([name, value]) => [name, secretParameters.has(name) ? '[masked]' : value]),
  )
}

/**
 * The names of the secrets in a URL's query. An `id_token_hint` may be there.
 *
 * @see RFC 9700 section 4.3.2
 */
export function secretsInUrl({ searchParams }: URL): readonly string[] {
  return [...searchParams.keys()].filter((name) => name !== 'id_token_hint' && secretParameters.has(name))
}

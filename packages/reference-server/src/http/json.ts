import { OAuthError, type OAuthErrorCode } from './oauth-error.ts'
import { readBoundedText } from './parameters.ts'

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Says whether a JSON value is an object, and neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Says whether a JSON value is an array of strings. */
export function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/**
 * Parses a parameter or a body that holds JSON.
 *
 * @throws OAuthError with `code` when it is not JSON
 */
export function parseJson(text: string, name: string, code: OAuthErrorCode): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new OAuthError(code, `${name} is not JSON`)
  }
}

/**
 * Reads a body of at most 64 KiB that is a JSON object.
 *
 * @throws OAuthError with `code` when it is not, `invalid_request` (413) when it is larger
 */
export async function readJsonBody(request: Request, code: OAuthErrorCode): Promise<JsonObject> {
  const contentType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const body = parseJson(await readBoundedText(request), 'the body', code)
  if (contentType === 'application/json' && isJsonObject(body)) return body
  throw new OAuthError(code, 'the body must be a JSON object, and application/json')
}

/** JSON whose members are in one order, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

import { isJsonObject, isStringArray, parseJson } from '../http/json.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Client, Settings } from '../settings.ts'
import type { AuthorizationDetail } from '../state/records.ts'

/** Members that every type may have, and what they hold. @see RFC 9396 section 2.2 */
const commonLists = ['locations', 'actions', 'datatypes', 'privileges'] as const

const refusal = (description: string) => new OAuthError('invalid_authorization_details', description)

function isWellFormed(detail: unknown): detail is AuthorizationDetail {
  if (!isJsonObject(detail) || typeof detail['type'] !== 'string') return false
  const { identifier } = detail
  return (
    commonLists.every((name) => detail[name] === undefined || isStringArray(detail[name])) &&
    (identifier === undefined || typeof identifier === 'string')
  )
}

/** The types that a client may ask for. */
export function authorizationDetailsTypesOf(settings: Settings, client: Client): readonly string[] {
  const { authorizationDetailsTypes: own } = client
  return [...settings.authorizationDetailsTypes.keys()].filter((type) => own?.includes(type) !== false)
}

/**
 * Reads the parameter `authorization_details`: an array of objects, each of a type that the server knows and
 * the client may ask for. Gives an empty array where there is none.
 *
 * @throws OAuthError `invalid_authorization_details`
 * @see RFC 9396 sections 2 and 5
 */
export function readAuthorizationDetails(
  settings: Settings,
  client: Client,
  text: string | undefined,
): readonly AuthorizationDetail[] {
  if (text === undefined) return []
  const details = parseJson(text, 'authorization_details', 'invalid_authorization_details')
  if (!Array.isArray(details) || details.length === 0 || !details.every(isWellFormed)) {
    throw refusal(
      'authorization_details must be an array of objects with a type, and their common members well-formed',
    )
  }
  const types = authorizationDetailsTypesOf(settings, client)
  if (details.every(({ type }) => types.includes(type))) return details
  throw refusal(`the types to be had are: ${types.join(' ')}`)
}

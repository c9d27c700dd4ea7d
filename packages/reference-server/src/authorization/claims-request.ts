import { isJsonObject, isStringArray, type JsonObject, parseJson } from '../http/json.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { RequestedClaims } from '../state/records.ts'

/** What the parameter `claims` asks for. */
export interface ClaimsRequest {
  readonly claims: RequestedClaims
  /** The authentication contexts of which one is essential; empty where none is. */
  readonly essentialAcrValues: readonly string[]
  /** The one subject that will do, if one is named. */
  readonly subject: string | undefined
}

const nothing: ClaimsRequest = {
  claims: { userinfo: [], idToken: [] },
  essentialAcrValues: [],
  subject: undefined,
}

/** Claims about the login and the token, which the server makes itself: nothing of the user's to consent to. */
const protocolClaims: ReadonlySet<string> = new Set(
  'iss sub aud exp iat auth_time nonce acr amr azp at_hash sid'.split(' '),
)

const refusal = (description: string) => new OAuthError('invalid_request', `claims: ${description}`)

/** One of the two members: each claim is null or an object that says more. */
function readMember(request: JsonObject, name: 'userinfo' | 'id_token'): Map<string, JsonObject> {
  const member = request[name] ?? {}
  if (!isJsonObject(member)) throw refusal(`${name} must be an object`)
  const claims = Object.entries(member).map(([claim, value]): [string, JsonObject] => {
    if (value === null) return [claim, {}]
    if (isJsonObject(value)) return [claim, value]
    throw refusal(`each claim of ${name} must be null or an object`)
  })
  return new Map(claims)
}

const userClaims = (member: ReadonlyMap<string, JsonObject>): readonly string[] =>
  [...member.keys()].filter((name) => !protocolClaims.has(name))

function readEssentialAcrValues(acr: JsonObject | undefined): readonly string[] {
  if (acr?.['essential'] !== true) return []
  const values = acr['values'] ?? (acr['value'] === undefined ? [] : [acr['value']])
  if (!isStringArray(values)) throw refusal('the values of acr must be strings')
  return values
}

/**
 * Reads the parameter `claims`. A claim the user does not have is left out, essential or not; only an
 * essential `acr` and a `sub` with a value decide whether the request can be answered.
 *
 * @throws OAuthError `invalid_request`
 * @see OpenID Connect Core 1.0 sections 5.5 and 5.5.1.1
 */
export function readClaimsRequest(text: string | undefined): ClaimsRequest {
  if (text === undefined) return nothing
  const request = parseJson(text, 'claims', 'invalid_request')
  if (!isJsonObject(request)) throw refusal('it must be an object')
  const [userinfo, idToken] = [readMember(request, 'userinfo'), readMember(request, 'id_token')]
  const subject = idToken.get('sub')?.['value'] ?? userinfo.get('sub')?.['value']
  if (subject !== undefined && typeof subject !== 'string') throw refusal('the value of sub must be a string')
  return {
    claims: { userinfo: userClaims(userinfo), idToken: userClaims(idToken) },
    essentialAcrValues: readEssentialAcrValues(idToken.get('acr')),
    subject,
  }
}

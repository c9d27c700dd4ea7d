import { type ErrorCodes, ProtocolError } from '../errors.ts'
import { decodeBase64Url, isCanonicalBase64Url } from './base64url.ts'
import type { JwsHeader } from './key-set.ts'

/** What a JWS may be, and what it is called where it is refused. */
export interface JwsRules {
  /** Such as `ID token`. */
  readonly name: string
  readonly algorithms: readonly string[]
  /** What `typ` must be where the header has it. Default: it is not looked at. */
  readonly type?: RegExp
  /** The code for a form or header that is refused, and the one for an algorithm. */
  readonly codes: readonly [malformed: ProtocolCode, algorithmRefused: ProtocolCode]
}

type ProtocolCode = keyof ErrorCodes['ProtocolError']

const longestToken = 65_536

/** Header parameters that bring a key along, or ask for what is not understood here. */
const refusedParameters = ['crit', 'jwk', 'jku', 'x5u', 'x5c', 'b64']

/**
 * The header of a JWS that may be looked at further: strictly canonical compact form of at most 64 KiB, an allowed algorithm,
 * nothing in the header that brings its own key or asks for what is not understood. No cryptography happens here.
 * @throws ProtocolError with one of the two codes of `rules`
 * @see RFC 7515 sections 3.1 and 4.1, RFC 8725 section 3
 */
export function readCompactJws(token: string, { name, algorithms, type, codes }: JwsRules): JwsHeader {
  const malformed = (fault: string): ProtocolError => new ProtocolError(codes[0], `The ${name} ${fault}.`)
  const [header = '', , signature, ...more] = token.length > longestToken ? [] : token.split('.')
  if (!signature || more.length > 0 || !token.split('.').every(isCanonicalBase64Url)) {
    throw malformed('is not a signed JWT in canonical compact form')
  }
  const parameters = parseObject(header)
  if (!parameters) throw malformed('has a header that is no JSON object')
  const refused = refusedParameters.find((parameter) => parameter in parameters)
  if (refused) throw malformed(`has ${refused} in its header, which is refused`)
  const { alg, kid, typ } = parameters
  if (type && typ !== undefined && !type.test(String(typ))) {
    throw malformed('is typed as another kind of JWT')
  }
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    throw new ProtocolError(
      codes[1],
      `The ${name} has an algorithm that is not allowed; allowed are ${algorithms.join(', ')}.`,
    )
  }
  return typeof kid === 'string' ? { alg, kid } : { alg }
}

/** The JSON object in a segment of a JWS; undefined where there is none. */
export function parseObject(segment: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(decodeBase64Url(segment)))
    return Object(value) === value ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

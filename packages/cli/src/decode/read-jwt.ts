import { decodeBase64Url, ProtocolError } from '@oauth-concierge/core'

/** A JWT, read and not verified. */
export interface ReadJwt {
  /** As it came, without what stood around it. */
  readonly token: string
  readonly header: Readonly<Record<string, unknown>>
  /** Undefined where it is encrypted. */
  readonly claims: Readonly<Record<string, unknown>> | undefined
  readonly isSigned: boolean
}

/**
 * Reads a JWT out of text, as it is copied: with white space around it, in quotes, or behind `Bearer`.
 * @throws ProtocolError `jws_malformed`
 */
export function readJwt(text: string): ReadJwt {
  const token = text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^(bearer|dpop)\s+/i, '')
    .replace(/^(["'])(.*)\1$/s, '$2')
  const parts = token.split('.')
  const isEncrypted = parts.length === 5
  if (parts.length !== 3 && !isEncrypted)
    throw malformed('is not made of three parts with dots between them, or of five where it is encrypted')
  const header = readObject(parts[0] ?? '', 'header')
  return {
    token,
    header,
    claims: isEncrypted ? undefined : readObject(parts[1] ?? '', 'claims'),
    isSigned: !isEncrypted && parts[2] !== '',
  }
}

function readObject(part: string, name: string): Readonly<Record<string, unknown>> {
  const value = parse(part)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw malformed(`has ${name} that are no JSON object in base64url`)
}

/** Padding and the other base64 alphabet are let through: this is for reading what somebody made wrong. */
function parse(part: string): unknown {
  try {
    const bytes = decodeBase64Url(part.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function malformed(fault: string): ProtocolError {
  return new ProtocolError('jws_malformed', `The text is no JWT: it ${fault}.`)
}

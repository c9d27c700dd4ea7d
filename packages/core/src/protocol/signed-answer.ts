import type { ErrorCodes } from '../errors.ts'
import type { Client } from './client.ts'
import { readCompactJws } from './compact-jws.ts'
import type { JwsHeader } from './key-set.ts'

/** An answer that came as a signed JWT, whose signature is still to be verified. */
export interface SignedAnswer {
  readonly token: string
  readonly header: JwsHeader
}

/**
 * Reads an answer that is a signed JWT; gives undefined for one that is of another media type. The answer can still be read afterwards.
 * @param options.type the media type without `application/`
 * @throws ProtocolError of `options.code`
 */
export async function readSignedAnswer(
  client: Client,
  answer: Response,
  options: {
    readonly name: string
    readonly type: 'jwt' | 'token-introspection+jwt'
    readonly code: keyof ErrorCodes['ProtocolError']
  },
): Promise<SignedAnswer | undefined> {
  const { name, type, code } = options
  const mediaType = answer.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (mediaType !== `application/${type}`) return undefined
  const token = await answer.clone().text()
  const header = readCompactJws(token, {
    name,
    algorithms: client.idTokenAlgorithms,
    type: new RegExp(`^(application/)?${type.replace('+', '\\+')}$`, 'i'),
    codes: [code, code],
  })
  return { token, header }
}

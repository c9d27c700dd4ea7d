import { TransportError } from '../errors.ts'
import type { Signer } from '../ports/signer.ts'
import { encodeBase64Url } from './base64url.ts'

/**
 * Signs claims as a JWT in compact form.
 * @param typ the kind of JWT, as its header names it
 * @throws TransportError `signer_failed`
 * @see RFC 7515 section 5.1, RFC 7519 section 7.1
 */
export async function signJwt(signer: Signer, typ: string, claims: object): Promise<string> {
  const { alg, keyId } = signer
  const header = { alg, typ, ...(keyId !== undefined && { kid: keyId }) }
  const input = `${encodeJson(header)}.${encodeJson(claims)}`
  try {
    return `${input}.${encodeBase64Url(await signer.sign(new TextEncoder().encode(input)))}`
  } catch {
    // What it threw may hold the request to a key service, credentials included.
    throw new TransportError('signer_failed', `The signer of the ${alg} key did not sign.`)
  }
}

function encodeJson(value: object): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)))
}

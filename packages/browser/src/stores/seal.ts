/** A value that only its key opens, and only in the place that it was sealed for. */
export interface Sealed {
  readonly key: CryptoKey
  readonly iv: Uint8Array<ArrayBuffer>
  readonly data: ArrayBuffer
}

const algorithm = 'AES-GCM'

/**
 * Encrypts a value for one place. Every value has a key of its own, which goes with it: so no initialization vector is ever used twice with a key,
 * none is lost without the other, and what was erased or written over stays closed whatever key is found later.
 * @see NIST SP 800-38D
 */
export async function seal(place: string, value: unknown): Promise<Sealed> {
  const key = await crypto.subtle.generateKey({ name: algorithm, length: 256 }, false, ['encrypt', 'decrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const data = await crypto.subtle.encrypt(parameters(place, iv), key, encode(JSON.stringify(value)))
  return { key, iv, data }
}

/** The value that was sealed for this place; undefined for anything else. */
export async function openSealed(
  place: string,
  sealed: unknown,
): Promise<{ readonly value: unknown } | undefined> {
  const { key, iv, data } = Object(sealed) as Sealed
  try {
    const text = new TextDecoder().decode(await crypto.subtle.decrypt(parameters(place, iv), key, data))
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function parameters(place: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: algorithm, iv, additionalData: encode(`concierge:sealed:1:${place}`) }
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

/** One element of DER: its tag, and where its content lies. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array<ArrayBuffer>
  /** Its own bytes, tag and length included. */
  readonly whole: Uint8Array<ArrayBuffer>
}

/** Tags of the types that keys are made of. @see ITU-T X.690 section 8 */
export const der = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  first: 0xa0,
} as const

/** The element at the beginning of `bytes`; undefined where there is none that is whole. */
export function readDer(bytes: Uint8Array<ArrayBuffer>): DerElement | undefined {
  const [tag] = bytes
  const extent = readExtent(bytes)
  // No key has a length that takes more than four bytes.
  if (tag === undefined || !extent || extent.start > 6 || extent.end > bytes.length) return undefined
  const { start, end } = extent
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(0, end) }
}

/** Where the content of the first element begins and ends, by its own word; undefined where that cannot be read. */
function readExtent(bytes: Uint8Array): { readonly start: number; readonly end: number } | undefined {
  const [, first] = bytes
  if (first === undefined || first === 0x80) return undefined
  const start = 2 + (first < 0x80 ? 0 : first & 0x7f)
  if (bytes.length < start) return undefined
  const length = start === 2 ? first : bytes.subarray(2, start).reduce((sum, byte) => sum * 256 + byte, 0)
  return { start, end: start + length }
}

/** The elements that `bytes` are made of, as far as they can be read. */
export function readDerList(bytes: Uint8Array<ArrayBuffer>): readonly DerElement[] {
  const elements: DerElement[] = []
  for (let rest = bytes; rest.length > 0;) {
    const element = readDer(rest)
    if (!element) return elements
    elements.push(element)
    rest = rest.subarray(element.whole.length)
  }
  return elements
}

/** How many bytes the outermost element says it has; undefined where that cannot be read. */
export function declaredLength(bytes: Uint8Array): number | undefined {
  return bytes[0] === der.sequence ? readExtent(bytes)?.end : undefined
}

/** Makes an element. */
export function writeDer(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = contents.reduce((sum, { length }) => sum + length, 0)
  const size: number[] = []
  for (let left = length; left > 0; left = Math.floor(left / 256)) size.unshift(left % 256)
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 | size.length, ...size]
  const bytes = new Uint8Array(head.length + length)
  bytes.set(head)
  let at = head.length
  for (const content of contents) {
    bytes.set(content, at)
    at += content.length
  }
  return bytes
}

/** Bytes in hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

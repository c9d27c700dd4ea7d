import type { DatabaseEntry } from './dump-databases.ts'

/** Something encrypted that lies beside its key. */
export interface Box {
  /** Whether a script can read the key, and so carry it away with what it opens. */
  readonly isKeyReadable: boolean
  /** What is in it; undefined where a script of the page cannot open it. */
  readonly content: string | undefined
}

interface Sealed {
  readonly key: CryptoKey
  readonly iv: BufferSource
  readonly data: BufferSource
}

/** Tries the locks of all boxes among the entries. How they are sealed is no secret: the source of this SDK is public. */
export function openBoxes(entries: readonly DatabaseEntry[]): Promise<readonly Box[]> {
  const boxes = entries.flatMap(({ key, value }) => {
    const sealed = Object((value as { readonly value?: unknown } | undefined)?.value) as Partial<Sealed>
    return sealed.key instanceof CryptoKey ? [{ place: String(key), sealed: sealed as Sealed }] : []
  })
  return Promise.all(boxes.map(({ place, sealed }) => openBox(place, sealed)))
}

async function openBox(place: string, { key, iv, data }: Sealed): Promise<Box> {
  const additionalData = new TextEncoder().encode(`concierge:sealed:1:${place}`)
  const [isKeyReadable, content] = await Promise.all([
    crypto.subtle.exportKey('raw', key).then(
      () => true,
      () => false,
    ),
    crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, data).then(
      (opened) => new TextDecoder().decode(opened),
      () => undefined,
    ),
  ])
  return { isKeyReadable, content }
}

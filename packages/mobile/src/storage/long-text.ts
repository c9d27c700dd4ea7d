import type { TextStorage } from '../shell.ts'

/** Where the parts of a long text are: in one of two places, so that a write never goes over what still counts. */
interface Head {
  readonly place: 'a' | 'b'
  readonly parts: number
  /** On each part as well: parts of another write are not taken for these. */
  readonly mark: string
}

const headPattern = /^#([ab])(\d{1,4})#([\w-]{8})$/
const markLength = 8

/** Texts of JSON only, so what is not ASCII can be written as an escape: then a character is a byte. */
const toAscii = (json: string): string =>
  json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Reads what `writeLongText` wrote; undefined where nothing is, or where not all of it is. */
export async function readLongText(storage: TextStorage, name: string): Promise<string | undefined> {
  const text = await storage.read(name)
  const head = readHead(text)
  if (!head) return text
  const parts = await Promise.all(partNames(name, head).map((part) => storage.read(part)))
  return parts.every((part) => part?.startsWith(head.mark))
    ? parts.map((part) => part?.slice(markLength)).join('')
    : undefined
}

/**
 * Writes JSON under `name`, in parts where it is longer than an entry may be. The parts are written first and count from the moment the head
 * names them, so a crash in between leaves the text that was there before.
 */
export async function writeLongText(storage: TextStorage, name: string, json: string): Promise<void> {
  const text = toAscii(json)
  const limit = storage.longestText ?? Infinity
  const before = limit === Infinity ? undefined : readHead(await storage.read(name))
  if (text.length <= limit) {
    await storage.write(name, text)
  } else {
    const pieces = split(text, limit - markLength)
    const head: Head = { place: before?.place === 'a' ? 'b' : 'a', parts: pieces.length, mark: newMark() }
    const names = partNames(name, head)
    await Promise.all(pieces.map((piece, index) => storage.write(names[index] ?? name, head.mark + piece)))
    await storage.write(name, `#${head.place}${head.parts}#${head.mark}`)
  }
  if (before) await removeParts(storage, name, before)
}

/** Removes the text and all of its parts. */
export async function removeLongText(storage: TextStorage, name: string): Promise<void> {
  const head = storage.longestText === undefined ? undefined : readHead(await storage.read(name))
  await storage.remove(name)
  if (head) await removeParts(storage, name, head)
}

function readHead(text: string | undefined): Head | undefined {
  const [, place, parts, mark] = headPattern.exec(text ?? '') ?? []
  return mark === undefined ? undefined : { place: place === 'a' ? 'a' : 'b', parts: Number(parts), mark }
}

function partNames(name: string, { place, parts }: Head): readonly string[] {
  return Array.from({ length: parts }, (_, index) => `${name}.${place}${index}`)
}

async function removeParts(storage: TextStorage, name: string, head: Head): Promise<void> {
  await Promise.all(partNames(name, head).map((part) => storage.remove(part)))
}

function split(text: string, length: number): readonly string[] {
  const count = Math.ceil(text.length / length)
  return Array.from({ length: count }, (_, index) => text.slice(index * length, (index + 1) * length))
}

function newMark(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(markLength / 2))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

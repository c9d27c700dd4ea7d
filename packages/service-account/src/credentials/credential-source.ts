import { UsageError } from '@oauth-concierge/core'

/** Where credentials are read from, again and again where they may change. */
export interface CredentialReader {
  /** For messages: a path, or the name of a variable. Never the content. */
  readonly place: string
  /** The same for all readers of the same thing, whose tokens they then share. Default: each reader is by itself. */
  readonly identity?: string
  /** The credentials as text, or parsed. @throws UsageError `credentials_unreadable` */
  read(): Promise<string | object>
  /** Whether they may have changed since they were last read: a cheap look. Default: they never do. */
  hasChanged?(): Promise<boolean>
}

/** Credentials as they come: parsed JSON, JSON or a PEM as text, or a way to read them. */
export type CredentialSource = object | string | CredentialReader

/** The reader of whatever was given. */
export function readerOf(source: CredentialSource): CredentialReader {
  if (typeof source === 'object' && 'read' in source && typeof source.read === 'function')
    return source as CredentialReader
  return { place: 'the given credentials', read: async () => source }
}

/** What to say of credentials that are no use. It never holds a part of them. */
export function unreadable(place: string, problem: string): UsageError {
  return new UsageError('credentials_unreadable', `${place}: ${problem}`)
}

/**
 * The object that a text holds. Line ends inside a PEM, which JSON does not allow, a byte order mark and base64 around the whole are undone.
 * A text that is a key alone counts as credentials with nothing but that.
 * @throws UsageError `credentials_unreadable`
 */
export function parseCredentials(given: string | object, place: string): Readonly<Record<string, unknown>> {
  if (typeof given === 'object') return given as Readonly<Record<string, unknown>>
  const text = given.replace(/^\uFEFF/, '').trim()
  if (text === '') throw unreadable(place, 'it is empty.')
  if (!text.startsWith('{')) {
    const inner = decodeText(text)
    return inner?.trimStart().startsWith('{') ? parseCredentials(inner, place) : { private_key: text }
  }
  const parsed = parse(text) ?? parse(text.replace(/-----BEGIN[^{}"]*"/g, escapeLineEnds))
  if (typeof parsed === 'object' && parsed !== null) return parsed as Readonly<Record<string, unknown>>
  throw unreadable(place, 'it begins like JSON and is none. Was it cut off, or quoted by a shell?')
}

/** Its errors quote the text, so none of them goes on. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function escapeLineEnds(pem: string): string {
  return pem.replace(/\r?\n/g, '\\n')
}

function decodeText(text: string): string | undefined {
  try {
    return new TextDecoder().decode(
      Uint8Array.from(atob(text.replace(/\s/g, '')), (character) => character.charCodeAt(0)),
    )
  } catch {
    return undefined
  }
}

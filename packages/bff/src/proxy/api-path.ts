/** What a request target asks of the API proxy. */
export interface ApiTarget {
  readonly name: string
  /** The path below the API, as it goes on. Begins with a slash, or is empty. */
  readonly path: string
  /** With its question mark, or empty. */
  readonly query: string
}

const longestTarget = 8_192

/** What a path may be made of. @see RFC 3986 section 3.3; `|`, `[` and `]` are what browsers leave as they are */
const clean = /^[\w\-.~!$&'()*+,=:@%/|[\]]*$/

/** A segment of nothing but dots and spaces, an empty segment, a per cent sign that begins no code. `;` is not clean: some servers cut a segment there. */
const ambiguous = /\/(?:\.|%20)+(?:\/|$)|\/\/|%(?![0-9a-f]{2})/i

/**
 * Codes that hide what has a meaning: a slash, backslash, semicolon or control character, a per cent sign before what would then be another code,
 * a byte that UTF-8 does not have, and any letter, digit, dot, hyphen, underscore or tilde, which nobody needs to encode.
 * @see RFC 3986 section 6.2.2.2
 */
const disguised =
  /%(?:[01][0-9a-f]|7f|2f|5c|3b|25[0-9a-f]{2}|2d|2e|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae]|c[01]|f[5-9a-f])/i

/**
 * Reads `<prefix><name>/<path>?<query>`, byte for byte: nothing is decoded, and nothing is normalised that would have to be.
 * @returns undefined for what is not of this form, or has a path that another reader could take for another one
 */
export function readApiTarget(target: string, prefix: string): ApiTarget | undefined {
  if (target.length > longestTarget || !target.startsWith(prefix)) return undefined
  const questionMark = target.indexOf('?')
  const end = questionMark === -1 ? target.length : questionMark
  const slash = target.indexOf('/', prefix.length)
  const nameEnd = slash === -1 || slash > end ? end : slash
  const path = target.slice(nameEnd, end)
  const query = target.slice(end)
  if (!clean.test(path) || ambiguous.test(path) || disguised.test(path)) return undefined
  if (!isCleanQuery(query)) return undefined
  return { name: target.slice(prefix.length, nameEnd), path, query }
}

/** A query is the API's own affair, as long as it is one: no space, no control character, no fragment. */
function isCleanQuery(query: string): boolean {
  return /^[!-"$-~]*$/.test(query)
}

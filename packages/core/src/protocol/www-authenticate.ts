/** What a resource server asks for. */
export interface Challenge {
  /** In lower case, such as `bearer` or `dpop`. */
  readonly scheme: string
  /** By name in lower case; of a name that comes twice, the first value. */
  readonly parameters: ReadonlyMap<string, string>
}

const longestHeader = 8_192

/** A name, and then a value (quoted or not), or a token68 that ends its challenge, or nothing. */
const part = /[\s,]*([^\s,="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,="]+))|\s+[^\s,="]+=*(?=\s*(?:,|$)))?/y

/**
 * The challenges of a `WWW-Authenticate` header, of which there may be several in one. What cannot be read ends the list;
 * of a header longer than any challenge nothing is read.
 * @see RFC 9110 section 11.6.1
 */
export function readChallenges(header: string | null): readonly Challenge[] {
  const challenges: { readonly scheme: string; readonly parameters: Map<string, string> }[] = []
  if (!header || header.length > longestHeader) return challenges
  const parts = new RegExp(part)
  for (let match = parts.exec(header); match; match = parts.exec(header)) {
    const [, name = '', quoted, plain] = match
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain
    const key = name.toLowerCase()
    if (value === undefined) challenges.push({ scheme: key, parameters: new Map() })
    else {
      const parameters = challenges.at(-1)?.parameters
      if (!parameters?.has(key)) parameters?.set(key, value)
    }
  }
  return challenges
}

/** The challenge of a 401 or 403 that has this error, by whatever scheme. */
export function challengeOf({ status, headers }: Response, error: string): Challenge | undefined {
  if (status !== 401 && status !== 403) return undefined
  return readChallenges(headers.get('www-authenticate')).find(
    ({ parameters }) => parameters.get('error') === error,
  )
}

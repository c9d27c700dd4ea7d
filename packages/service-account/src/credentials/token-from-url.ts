import { boundedRequest, completeRuntime, isSecureUrl, type Runtime, UsageError } from '@oauth-concierge/core'
import { type CredentialReader, unreadable } from './credential-source.ts'

/** Where a token is fetched from. */
export interface UrlToken {
  /** https, or plain http on loopback or to a link-local address (169.254.0.0/16, fd00:ec2::254), where hosts serve their metadata. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** The member of a JSON answer that holds the token. Default: the whole answer is the token. */
  readonly field?: string
  readonly runtime?: Partial<Runtime>
}

const linkLocal = /^(169\.254(\.\d{1,3}){2}|\[fd00:ec2::254\])$/

/**
 * Reads a token from a URL, anew for each exchange: that of a metadata service, or of a build system.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 */
export function tokenFromUrl({ url, headers = {}, field, runtime }: UrlToken): CredentialReader {
  const place = readPlace(url)
  const complete = completeRuntime(runtime)
  return {
    place,
    identity: `${url} ${field ?? ''}`,
    read: async () => {
      const answer = await boundedRequest(complete, url, { headers }, { maxBytes: 65_536 })
      if (!answer.ok) throw unreadable(place, `it answered with ${answer.status}.`)
      const text = await answer.text()
      return field === undefined ? text : readField(text, field, place)
    },
  }
}

function readPlace(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url) throw new UsageError('invalid_configuration', 'The URL of a token must be absolute.')
  const isLinkLocal = url.protocol === 'http:' && linkLocal.test(url.hostname)
  if (isLinkLocal || isSecureUrl(url)) return url.origin + url.pathname
  throw new UsageError('insecure_url', `A token may not come over plain http from ${url.origin}.`)
}

/** The member of a JSON text that holds a token. @throws UsageError `credentials_unreadable` */
export function readField(text: string, field: string, place: string): string {
  const value = parseObject(text)?.[field]
  if (typeof value === 'string') return value
  throw unreadable(place, `it is no JSON with a text under "${field}".`)
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return undefined
  }
}

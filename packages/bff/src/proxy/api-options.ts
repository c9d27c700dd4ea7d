import { isSecureUrl, type Milliseconds, UsageError } from '@oauth-concierge/core'
import { checkHeaderNames } from './header-names.ts'
import { misconfigured } from '../misconfigured.ts'

/** An API that the page may call, and how. */
export interface ApiOptions {
  /** Where it is: origin and, if need be, the path below which everything is, such as `https://api.example.com/v1`. */
  readonly upstream: string
  /** What the page calls it, where that is another address than `upstream`. The page is told; so name one if `upstream` is internal. */
  readonly publicUrl?: string
  /** Default: GET, HEAD, POST, PUT, PATCH and DELETE. */
  readonly methods?: readonly string[]
  /** Paths below `upstream`. `*` stands for one segment, `**` at the end for any number. Default: `/**`, everything below. */
  readonly paths?: readonly string[]
  /** The resource that access tokens for it are asked for (RFC 8707). Default: the login's own access token. */
  readonly resource?: string
  /** Part of the scope, for `resource`. */
  readonly scope?: string
  /** Request headers that go on beside the usual ones, such as `x-api-version`. */
  readonly requestHeaders?: readonly string[]
  /** For how long to wait for the head of an answer; its body may take as long as it likes. Default 60,000. */
  readonly answerWithin?: Milliseconds
  /** Lets the API set cookies of this host. They are the browser's from then on, but never go back to the API. Default: they are dropped. */
  readonly unsafeSetCookie?: boolean
  /** Sends the access token over plain http to a host that is not this machine. Default: refused. */
  readonly unsafePlainHttp?: boolean
}

/** An API as it was read. */
export interface Api {
  readonly name: string
  readonly origin: string
  /** Without a slash at its end. */
  readonly basePath: string
  readonly publicUrl: string
  readonly methods: ReadonlySet<string>
  readonly allows: (path: string) => boolean
  readonly resource: string | undefined
  readonly scope: string | undefined
  readonly requestHeaders: readonly string[]
  readonly answerWithin: Milliseconds
  readonly setsCookies: boolean
}

const usualMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * The APIs by name.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 */
export function readApis(apis: Readonly<Record<string, ApiOptions>>): ReadonlyMap<string, Api> {
  const all = Object.entries(apis).map(([name, options]) => readApi(name, options))
  const urls = all.map(({ publicUrl }) => publicUrl)
  const twice = urls.find((url, at) => urls.indexOf(url) !== at)
  if (twice) throw misconfigured(`Two APIs are called ${twice} by the page: give them different publicUrls.`)
  return new Map(all.map((api) => [api.name, api]))
}

function readApi(name: string, options: ApiOptions): Api {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name))
    throw misconfigured(`The name of the API "${name}" must be of a-z, 0-9 and hyphens.`)
  const { methods = usualMethods, paths = ['/**'], requestHeaders = [], resource, scope } = options
  const url = readUpstream(name, options)
  const basePath = url.pathname.replace(/\/$/, '')
  checkHeaderNames(requestHeaders)
  const refused = methods.find((method) => !usualMethods.includes(method))
  if (refused)
    throw misconfigured(
      `${refused} is no method of the API "${name}"; allowed are ${usualMethods.join(', ')}.`,
    )
  if (scope !== undefined && resource === undefined)
    throw misconfigured(`The API "${name}" has a scope and no resource that it belongs to.`)
  return {
    name,
    origin: url.origin,
    basePath,
    publicUrl: readPublicUrl(name, options.publicUrl ?? url.href),
    methods: new Set(methods),
    allows: readPatterns(name, paths),
    resource,
    scope,
    requestHeaders,
    answerWithin: options.answerWithin ?? 60_000,
    setsCookies: options.unsafeSetCookie === true,
  }
}

function readUrl(name: string, option: 'upstream' | 'publicUrl', text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username) return url
  throw misconfigured(`${option} of the API "${name}" must be an https URL without query.`)
}

function readUpstream(name: string, { upstream, unsafePlainHttp }: ApiOptions): URL {
  const url = readUrl(name, 'upstream', upstream)
  if (!isSecureUrl(url) && !unsafePlainHttp)
    throw new UsageError(
      'insecure_url',
      `A token may not travel over plain http to ${url.origin}. If that network is yours, say so by unsafePlainHttp.`,
    )
  return url
}

/** As pages are told it: as browsers write it, without a slash at its end. */
function readPublicUrl(name: string, publicUrl: string): string {
  const { origin, pathname } = readUrl(name, 'publicUrl', publicUrl)
  return `${origin}${pathname.replace(/\/$/, '')}`
}

/** One question instead of many: the patterns as a regular expression without any way back. */
function readPatterns(name: string, patterns: readonly string[]): (path: string) => boolean {
  const sources = patterns.map((pattern) => {
    if (!/^(\/(\*|[\w.~!$&'()+,=:@%-]*))*?(\/\*\*)?$/.test(pattern) || pattern === '')
      throw misconfigured(
        `"${pattern}" is no path of the API "${name}": write "/orders", "/orders/*" or "/orders/**".`,
      )
    return pattern
      .split('/')
      .slice(1)
      .map((segment) => {
        if (segment === '**') return '(?:/.*)?'
        return segment === '*' ? '/[^/]+' : `/${segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`
      })
      .join('')
  })
  const whole = new RegExp(`^(?:${sources.join('|')})$`)
  return (path) => whole.test(path)
}

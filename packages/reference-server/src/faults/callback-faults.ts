import type { FaultNameOf } from '../faults.ts'
import { formPostPage } from '../pages/form-post-page.ts'
import { readFormPost } from '../testing-kit/read-form-post.ts'
import { withBody, withHeaders } from './answers.ts'
import { turnTrailingSlash } from './discovery-faults.ts'
import type { Exchange, FaultEffect } from './exchange.ts'

/** An authorization response on its way to the client. */
interface Callback {
  /** The client's redirect URI. */
  readonly address: string
  readonly parameters: URLSearchParams
  /** The answer with these parameters, sent in the same mode. */
  rewrite(parameters: URLSearchParams | string): Promise<Response>
}

type Change = (parameters: URLSearchParams, exchange: Exchange) => void

/** The mark at which the response's parameters begin: those of a fragment, else those of the query. */
const markOf = (location: string): '#' | '?' => (/#.*(code|error)=/.test(location) ? '#' : '?')

function readRedirect(answer: Response, location: string): Callback {
  const mark = markOf(location)
  const at = location.indexOf(mark)
  const [address, query] = at < 0 ? [location, ''] : [location.slice(0, at), location.slice(at + 1)]
  return {
    address,
    parameters: new URLSearchParams(query),
    rewrite: async (parameters) => withHeaders(answer, { Location: `${address}${mark}${parameters}` }),
  }
}

async function readPage(answer: Response): Promise<Callback | undefined> {
  const form = readFormPost(await answer.clone().text())
  if (form === undefined) return undefined
  const { origin, pathname, searchParams } = new URL(form)
  const address = origin === 'null' ? form.split('?')[0] : origin + pathname
  return {
    address: address ?? '',
    parameters: searchParams,
    async rewrite(parameters) {
      const page = await formPostPage(address ?? '', new URLSearchParams(parameters))
      const policy = { 'Content-Security-Policy': page.headers.get('content-security-policy') ?? '' }
      return withHeaders(withBody(answer, await page.text()), policy)
    },
  }
}

/** The authorization response in an answer, if it holds one. */
async function readCallback(answer: Response): Promise<Callback | undefined> {
  const location = answer.headers.get('location')
  const isPage = answer.headers.get('content-type')?.startsWith('text/html')
  const callback = location === null ? isPage && (await readPage(answer)) : readRedirect(answer, location)
  if (!callback) return undefined
  const { parameters } = callback
  return parameters.has('code') || parameters.has('error') ? callback : undefined
}

function isOfClient({ parameters }: Callback, { options, tools }: Exchange): boolean {
  const { clientId } = options
  return clientId === undefined || tools.clientOfState(parameters.get('state') ?? '') === clientId
}

/** The effect of a fault that has something else sent back to the client. */
function rewriteCallback(
  rewrite: (callback: Callback, exchange: Exchange) => Promise<Response>,
  fits: (parameters: URLSearchParams) => boolean = () => true,
): FaultEffect {
  return async (exchange) => {
    const answer = await exchange.forward()
    const callback = await readCallback(answer)
    if (!callback || !fits(callback.parameters) || !isOfClient(callback, exchange)) return answer
    return exchange.take('around') ? rewrite(callback, exchange) : answer
  }
}

const changeCallback = (change: Change, fits?: (parameters: URLSearchParams) => boolean): FaultEffect =>
  rewriteCallback((callback, exchange) => {
    change(callback.parameters, exchange)
    return callback.rewrite(callback.parameters)
  }, fits)

const hasCode = (parameters: URLSearchParams): boolean => parameters.has('code')
const set = (name: string, fallback: string): FaultEffect =>
  changeCallback((parameters, { options }) => parameters.set(name, options.value ?? fallback), hasCode)
const append = (name: string, value: string): FaultEffect =>
  changeCallback((parameters) => parameters.append(name, value), hasCode)
const remove = (name: string): FaultEffect => changeCallback((parameters) => parameters.delete(name), hasCode)

/** Sends an error in place of the code, and what else is to be changed. */
const sendError = (description: string, change: Change = () => undefined): FaultEffect =>
  changeCallback((parameters, exchange) => {
    parameters.delete('code')
    parameters.set('error', 'access_denied')
    parameters.set('error_description', description)
    change(parameters, exchange)
  }, hasCode)

function changeIss(change: (iss: string) => string): FaultEffect {
  return changeCallback(
    (parameters) => parameters.set('iss', change(parameters.get('iss') ?? '')),
    (parameters) => parameters.has('iss'),
  )
}

const hostInCapitals = (url: string): string => url.replace(/\/\/[^/]+/, (host) => host.toUpperCase())

const tokenInFragment = rewriteCallback(async ({ address, parameters, rewrite }) => {
  const answer = await rewrite(parameters)
  const fragment = 'access_token=token-of-somebody-else&token_type=Bearer'
  return withHeaders(answer, { Location: `${address}?${parameters}#${fragment}` })
}, hasCode)

/** Each value is encoded once more before the response is encoded. */
const encodedTwice = changeCallback((parameters) => {
  for (const [name, value] of parameters) parameters.set(name, encodeURIComponent(value))
})

/** Faults of the authorization response. */
export const callbackFaults: Readonly<Record<FaultNameOf<'callback'>, FaultEffect>> = {
  'callback.state_missing': remove('state'),
  'callback.state_changed': set('state', 'state-of-somebody-else'),
  'callback.state_twice': append('state', 'state-of-somebody-else'),
  'callback.code_twice': append('code', 'code-of-somebody-else'),
  'callback.code_empty': changeCallback((parameters) => parameters.set('code', ''), hasCode),
  'callback.code_missing': remove('code'),
  'callback.code_injected': set('code', 'code-of-another-session'),
  'callback.access_token_added': append('access_token', 'token-of-somebody-else'),
  'callback.id_token_added': append('id_token', 'e30.e30.c2lnbmF0dXJl'),
  'callback.token_in_fragment': tokenInFragment,
  'callback.iss_wrong': set('iss', 'https://attacker.example'),
  'callback.iss_trailing_slash': changeIss(turnTrailingSlash),
  'callback.iss_upper_case': changeIss(hostInCapitals),
  'callback.iss_removed': remove('iss'),
  'callback.error_with_wrong_iss': sendError('denied by somebody else', (parameters, { options }) =>
    parameters.set('iss', options.value ?? 'https://attacker.example'),
  ),
  'callback.error_as_html': sendError('<img src=x onerror=alert(1)>'),
  'callback.error_without_state': sendError('the user refused', (parameters) => parameters.delete('state')),
  'callback.encoded_twice': encodedTwice,
}

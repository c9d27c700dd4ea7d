import type { ServerContext } from '../context.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { createBrowser } from '../http/browser-cookie.ts'
import type { User, UserProvider } from '../settings.ts'
import type { Browser } from '../state/records.ts'
import { loginNameOf } from '../users/check-password.ts'
import { logIn } from '../users/log-in.ts'
import { findProvider, findTestUser } from './find-test-user.ts'
import { readFormPost } from './read-form-post.ts'

/** An authorization request to be carried through without clicking. */
export interface SignInRequest {
  /** The authorization URL that the client built. */
  readonly url: string | URL
  /** Who logs in. Default: the first user. */
  readonly username?: string
  /** What the user says on the consent page, if there is one. Default: `allow`. */
  readonly consent?: 'allow' | 'deny'
}

/** Carries an authorization request through and gives the URL of the authorization response. */
export type SignIn = (request: SignInRequest) => Promise<URL>

/** One headless user agent on its way through the pages. */
interface Visit {
  readonly context: ServerContext
  readonly fetch: (request: Request) => Promise<Response>
  readonly browser: Browser
  /** Where the client's users are. */
  readonly provider: UserProvider
  readonly user: User
  readonly decision: 'allow' | 'deny'
}

const pagesAtMost = 4

/** A browser in which the user has just logged in, with the authentication context the request asks for. */
function seedBrowser(
  context: ServerContext,
  { user, provider }: Pick<Visit, 'user' | 'provider'>,
  url: URL,
): Browser {
  const browser = createBrowser(context, provider.guard)
  const acr = url.searchParams.get('acr_values')?.split(' ')[0]
  logIn(context, browser, { user, acr })
  return browser
}

/** Sends a request of this browser. It carries no cookie: where we run in a web page, scripts may not set one. */
function send({ context, fetch, browser }: Visit, url: URL, form?: URLSearchParams): Promise<Response> {
  const request = new Request(url, form && { method: 'POST', body: form })
  context.stores.visits.set(request, browser)
  return fetch(request)
}

/** Fills in the form of the page at `url`. */
function submitPage(visit: Visit, url: URL): Promise<Response> {
  const interaction = url.searchParams.get('interaction') ?? ''
  const form = new URLSearchParams({
    interaction,
    form_token: visit.context.stores.interactions.get(interaction)?.formToken ?? '',
    username: loginNameOf(visit.provider, visit.user),
    password: visit.user.password,
    decision: visit.decision,
  })
  return send(visit, url, form)
}

const isPage = ({ context, provider }: Visit, { origin, pathname }: URL): boolean =>
  [provider.guard.loginEndpoint, 'consent'].some((name) => endpointUrl(context, name) === origin + pathname)

async function readLocation(response: Response): Promise<URL> {
  const location = response.headers.get('location')
  const url = location ?? readFormPost(await response.text())
  if (url) return new URL(url)
  throw new Error(`the server did not redirect but answered ${response.status} with a page`)
}

/**
 * Builds the headless user agent of a server. It logs the user in, fills in the pages that the request still
 * calls for, and stops before the client's redirect URI. Each call is a browser of its own.
 * A `form_post` response is given as a URL whose query holds the posted fields.
 */
export function createSignIn(context: ServerContext, fetch: (request: Request) => Promise<Response>): SignIn {
  return async ({ url, username, consent = 'allow' }) => {
    const start = new URL(url)
    const provider = findProvider(context, start.searchParams.get('client_id') ?? undefined)
    const user = findTestUser(provider.users, username)
    const visit: Visit = {
      context,
      fetch,
      browser: seedBrowser(context, { user, provider }, start),
      provider,
      user,
      decision: consent,
    }
    let location = await readLocation(await send(visit, start))
    for (let page = 0; page < pagesAtMost && isPage(visit, location); page++) {
      location = await readLocation(await submitPage(visit, location))
    }
    if (isPage(visit, location)) throw new Error('the pages did not lead back to the client')
    return location
  }
}

import {
  type Auth,
  type AuthEvent,
  createAuth,
  diagnose,
  iframe,
  type LoginOptions,
  popup,
  withSilentRestore,
} from '@oauth-concierge/browser'
import { stepUp } from '@oauth-concierge/core'

/** What the site tells its page. */
export interface PageSettings {
  readonly issuer: string
  /** The tests' own wish: an agent for every login of the page. */
  readonly userAgent?: 'popup'
  readonly whenBlocked?: 'redirect'
  readonly frameTimeout?: number
  readonly silentRestore?: boolean
  /** Calls `start()` twice, as React's StrictMode does. */
  readonly startsTwice?: boolean
  /** Logs in as soon as it sees that nobody is, by itself: a guard that never learns. */
  readonly logsInAtOnce?: boolean
}

/** What a test gets at in the page. */
export interface TestedPage {
  readonly auth: Auth
  readonly events: AuthEvent[]
  /** What the login that is under way ended in: `done` or a code. */
  outcome: Promise<string>
  /** What `start()` came to, each time it was called: where to go, or a code. */
  readonly started: Promise<string[]>
  /** Told to each login. */
  options: LoginOptions
  readonly agents: { readonly popup: LoginOptions; readonly iframe: LoginOptions }
  logIn(options: LoginOptions): Promise<string>
  /** What is found out about the requests that failed. */
  diagnose(): Promise<readonly string[]>
}

const settings: PageSettings = JSON.parse(document.querySelector('meta')?.content ?? '{}')
const { issuer, whenBlocked = 'throw', frameTimeout: timeout = 5_000 } = settings
const popupAgent = popup({ redirectUri: '/relay.html', whenBlocked })
const iframeAgent = iframe({ redirectUri: '/relay.html', timeout })
const events: AuthEvent[] = []

/** For a test that cannot look into the page. */
const tell = (what: string): void => void fetch(`/seen?${encodeURIComponent(what)}`)

const plain = createAuth({
  issuer,
  clientId: 'spa',
  scope: 'openid profile',
  apis: [issuer],
  stepUp: stepUp((asked) => page.auth.login({ ...asked, userAgent: popupAgent })),
  onEvent: (event) => {
    events.push(event)
    const isAhead = (document as { prerendering?: boolean }).prerendering === true
    if (event.name === 'callback') tell(isAhead ? 'callback, ahead of time' : 'callback')
    if (event.name === 'callback' && isAhead) setTimeout(tell, 500, 'half a second later')
    if (event.detail['status'] === 'authenticated') tell('authenticated')
  },
  ...(settings.userAgent && { userAgent: popupAgent }),
})

const page: TestedPage = {
  auth: settings.silentRestore ? withSilentRestore(plain, iframeAgent) : plain,
  events,
  outcome: Promise.resolve('none'),
  started: Promise.resolve([]),
  options: {},
  agents: { popup: { userAgent: popupAgent }, iframe: { userAgent: iframeAgent } },
  diagnose: async () => diagnose(await page.auth.explain()),
  logIn: (options) =>
    (page.outcome = page.auth.login({ ...page.options, ...options }).then(() => 'done', codeOf)),
}

function codeOf(error: unknown): string {
  const { code, error: serverError, message } = error as { code?: string; error?: string; message: string }
  document.body.dataset['message'] = message
  return [code ?? message, serverError].filter(Boolean).join(': ')
}

const starts = Array.from({ length: settings.startsTwice ? 2 : 1 }, () =>
  page.auth.start().then(({ returnTo }) => returnTo ?? 'started', codeOf),
)
Object.assign(globalThis, { page: Object.assign(page, { started: Promise.all(starts) }) })

const show = (): void => {
  document.body.dataset['session'] = page.auth.session.status
  history.replaceState(
    { ...history.state, statuses: [...(history.state?.statuses ?? []), page.auth.session.status] },
    '',
  )
}
page.auth.subscribe(show)
show()
document.querySelector('#popup')?.addEventListener('click', () => void page.logIn(page.agents.popup))
document.querySelector('#redirect')?.addEventListener('click', () => void page.logIn({}))
void page.started.then((started) => {
  document.body.dataset['started'] = started.join(', ')
  if (settings.logsInAtOnce && page.auth.session.status === 'anonymous') void page.logIn({})
})

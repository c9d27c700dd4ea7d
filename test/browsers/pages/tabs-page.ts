import {
  type Auth,
  createAuth,
  createIndexedDbKeyStore,
  encryptedTokens,
  memoryTokens,
  popup,
  sessionTokens,
  unsafeLocalTokens,
} from '@oauth-concierge/browser'
import { workerTokens } from '@oauth-concierge/browser/slim'
import { dpop } from '@oauth-concierge/core'

const url = '/worker.js'

const stores = {
  memory: () => memoryTokens(),
  session: () => sessionTokens(),
  encrypted: () => encryptedTokens(),
  local: () => unsafeLocalTokens(),
  worker: () => workerTokens({ url }),
  'worker-encrypted': () => workerTokens({ url, keep: 'encrypted' }),
}

/** What a page of the tabs tests can be asked for. */
export interface TabsPage {
  readonly auth: Auth
  /** Calls the API; gives the status, or the code of the error. */
  call(): Promise<string>
  /** Calls the API that the authorization server has itself, and which verifies what it gets. */
  callServer(): Promise<string>
  /** What the latest login in a window came to: `done`, or the code of its error. */
  popup?: Promise<string>
  /** What happened here, by name. */
  readonly events: string[]
}

const query = new URLSearchParams(location.search)
const meta = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
const [issuer, api] = [meta('issuer'), meta('api')]
const address = `${meta('origin')}/?store=${query.get('store')}`
const events: string[] = []

const auth = createAuth({
  issuer,
  clientId: 'tabs',
  scope: 'openid profile offline_access',
  apis: [api, issuer],
  redirectUri: address,
  postLogoutRedirectUri: address,
  tokenStore: stores[query.get('store') as keyof typeof stores](),
  ...(meta('key-bound') === 'true' && { senderConstraint: dpop({ keys: createIndexedDbKeyStore() }) }),
  onEvent: ({ name, detail }) => void events.push(`${name} ${JSON.stringify(detail)}`),
})

const codeOf = (error: unknown): string => String((error as { code?: string }).code ?? error)
const call = (url: string): Promise<string> => auth.fetch(url).then(({ status }) => String(status), codeOf)

const page: TabsPage = {
  auth,
  call: () => call(`${api}/orders`),
  callServer: () => call(`${issuer}/resource`),
  events,
}

const onClick = (id: string, work: () => unknown): void =>
  document.querySelector(`#${id}`)?.addEventListener('click', () => void work())
onClick('login', () => auth.login())
onClick('logout', () => auth.logout())
onClick('popup', () => {
  const login = auth.login({ userAgent: popup({ redirectUri: '/relay' }) })
  page.popup = login.then(() => 'done', codeOf)
})
document.querySelector('#copy')?.setAttribute('href', address)
auth.subscribe(() => {
  const { session } = auth
  const claims = session.status === 'authenticated' ? session.claims : undefined
  document.querySelector('#who')?.replaceChildren(claims?.sub ?? '')
})
Object.assign(window, { tabs: page })

/** In a frame: starts, and says to the page around it how that went. */
const report = async (): Promise<void> => {
  await auth.start()
  const { status } = auth.session
  const degraded = events.filter((event) => event.startsWith('degraded')).length
  parent.postMessage({ status, call: await page.call(), degraded }, '*')
}
if (window !== parent) addEventListener('message', () => void report())

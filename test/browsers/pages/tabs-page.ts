import {
  type Auth,
  createAuth,
  encryptedTokens,
  memoryTokens,
  unsafeLocalTokens,
} from '@oauth-concierge/browser'
import { workerTokens } from '@oauth-concierge/browser/slim'

const url = '/worker.js'

const stores = {
  memory: () => memoryTokens(),
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
  /** What happened here, by name. */
  readonly events: string[]
}

const query = new URLSearchParams(location.search)
const meta = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
const api = meta('api')
const events: string[] = []

const auth = createAuth({
  issuer: meta('issuer'),
  clientId: 'tabs',
  scope: 'openid offline_access',
  apis: [api],
  redirectUri: `${location.origin}/?store=${query.get('store')}`,
  tokenStore: stores[query.get('store') as keyof typeof stores](),
  onEvent: ({ name, detail }) => void events.push(`${name} ${JSON.stringify(detail)}`),
})

const page: TabsPage = {
  auth,
  call: async () => {
    try {
      return String((await auth.fetch(`${api}/orders`)).status)
    } catch (error) {
      return String((error as { code?: string }).code ?? error)
    }
  },
  events,
}
document.querySelector('#login')?.addEventListener('click', () => void auth.login())
document.querySelector('#logout')?.addEventListener('click', () => void auth.logout())
Object.assign(window, { tabs: page })

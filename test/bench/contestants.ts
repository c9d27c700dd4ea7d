/** One way to build the same single-page app: log in by redirect, get an access token, log out. */
export type Contestant = {
  name: string
  /** File in `peers/pages`; exports `start`, `login`, `getAccessToken`, `logout`. */
  page: string
  note?: string
  /** The library refuses plain http even on loopback, so its authorization server is answered over https. */
  httpsOnly?: boolean
  /** A script that the page loads beside its own, from `/worker.js`. */
  worker?: URL
}

/** Ours: what every ratio is taken to. */
export const ours: Contestant = { name: '@oauth-concierge/browser', page: 'concierge.js' }

/** Ours with the refresh token in a worker, which all tabs share. */
export const oursInWorker: Contestant = {
  name: '@oauth-concierge/browser/slim',
  page: 'concierge-worker.js',
  note: 'tokens in a worker; its file is counted',
  worker: new URL('../../packages/browser/dist/worker.js', import.meta.url),
}

/** Hand-written code that does only the job: the physical limit, not a product. */
export const floor: Contestant = {
  name: 'floor',
  page: 'floor.js',
  note: 'WebCrypto + fetch: PKCE, state, nonce, claims; no signature',
}

/** Every contestant, ours first. */
export const contestants: readonly Contestant[] = [
  ours,
  oursInWorker,
  floor,
  {
    name: 'floor-full',
    page: 'floor-full.js',
    note: 'floor + ID token signature + Web Locks + localStorage',
  },
  { name: 'floor-idb', page: 'floor-idb.js', note: 'floor-full on IndexedDB' },
  { name: 'oauth4webapi 3.8.8', page: 'oauth4webapi.js', note: 'hand-written glue' },
  { name: 'openid-client 6.8.9', page: 'openid-client.js', note: 'hand-written glue' },
  { name: '@badgateway/oauth2-client 3.3.1', page: 'badgateway.js', note: 'ignores the ID token' },
  { name: 'keycloak-js 26.2.4', page: 'keycloak-js.js' },
  { name: 'oidc-client-ts 3.5.0', page: 'oidc-client-ts.js' },
  { name: '@axa-fr/oidc-client 7.29.1', page: 'axa-fr.js', note: 'its service worker is not counted' },
  { name: 'oidc-spa 10.2.11', page: 'oidc-spa.js' },
  { name: '@okta/okta-auth-js 8.0.1 /core', page: 'okta-auth-js-core.js' },
  { name: '@okta/okta-auth-js 8.0.1', page: 'okta-auth-js.js' },
  { name: '@auth0/auth0-spa-js 2.27.0', page: 'auth0-spa-js.js' },
  { name: '@azure/msal-browser 5.29.0', page: 'msal-browser.js', httpsOnly: true },
]

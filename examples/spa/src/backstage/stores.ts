import {
  encryptedTokens,
  memoryTokens,
  sessionTokens,
  type TokenStore,
  unsafeLocalTokens,
} from '@oauth-concierge/browser'
import { workerTokens, type WorkerTokenStore } from '@oauth-concierge/browser/slim'
import type { Place } from './place.ts'

/** A place where tokens can live. */
export interface Store extends Place {
  readonly label: string
  /** What it is, in a few words. */
  readonly hint: string
  open(): TokenStore | WorkerTokenStore
}

export type StoreName = 'memory' | 'worker' | 'session' | 'encrypted' | 'local'

/** Where this page can keep its tokens, by name. */
export const stores: Readonly<Record<StoreName, Store>> = {
  memory: {
    label: 'Memory',
    hint: 'of this page',
    title: 'Tokens live in this page’s memory.',
    words:
      'Reload it and you are logged out here. The sign-in server still knows you, so the next login takes one click.',
    open: () => memoryTokens(),
  },
  worker: {
    label: 'Worker',
    hint: 'beside the tabs',
    title: 'Tokens live in a worker that all tabs share.',
    words:
      'It makes the requests for them and lends the page the access token. A reload finds it again; some time after the last tab it goes.',
    open: () => workerTokens({ url: '/concierge-worker.js' }),
  },
  session: {
    label: 'Session',
    hint: 'storage of the tab',
    title: 'Tokens live in this tab’s session storage.',
    words: 'They outlast a reload and end with the tab. They stand there in plain text.',
    open: () => sessionTokens(),
  },
  encrypted: {
    label: 'Encrypted',
    hint: 'in IndexedDB',
    title: 'Tokens live in IndexedDB, encrypted.',
    words:
      'All tabs have one session, and it outlasts the browser. The key lies beside it; it can be used here, but not be carried away.',
    open: () => encryptedTokens(),
  },
  local: {
    label: 'Local',
    hint: 'plain text, unsafe',
    title: 'Tokens live in IndexedDB, in plain text.',
    words:
      'All tabs have one session, and it outlasts the browser. Whatever script runs here for a moment can carry it off.',
    open: () => unsafeLocalTokens(),
  },
}

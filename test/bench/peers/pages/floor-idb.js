// The same with IndexedDB: what a tab commits under the lock, the next one reads. Web storage does not promise that.
import { createFloor } from './lib/floor-with-signature.js'

const done = (request) =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })

let database

const open = () => {
  const request = indexedDB.open('floor')
  request.onupgradeneeded = () => request.result.createObjectStore('tokens')
  return done(request)
}

const transact = async (mode, run) => {
  const transaction = (await (database ??= open())).transaction('tokens', mode)
  const result = await done(run(transaction.objectStore('tokens')))
  if (mode === 'readwrite') await new Promise((resolve) => (transaction.oncomplete = resolve))
  return result
}

export const { start, login, getAccessToken, logout } = createFloor({
  read: () => transact('readonly', (store) => store.get('tokens')),
  write: (tokens) => transact('readwrite', (store) => store.put(tokens, 'tokens')),
})

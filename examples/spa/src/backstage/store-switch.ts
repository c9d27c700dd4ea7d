import type { AuthSource } from '../auth-source.ts'
import { part, stamp } from '../dom.ts'
import type { StoreChoice } from './store-choice.ts'
import { type StoreName, stores } from './stores.ts'

/** Shows where the tokens can live; gives what the buttons do, by their `data-action`. */
export function openStoreSwitch(
  auth: AuthSource['auth'],
  choice: StoreChoice,
): Readonly<Record<string, () => Promise<void>>> {
  const names = Object.keys(stores) as StoreName[]
  part('stores').replaceChildren(...names.map((name) => buildButton(name, choice)))
  part('store-switch').hidden = false
  return Object.fromEntries(names.map((name) => [`keep-in-${name}`, () => move(auth, choice, name)]))
}

function buildButton(name: StoreName, choice: StoreChoice): HTMLElement {
  const { label, hint } = stores[name]
  const button = stamp('store', { label, hint })
  button.dataset['action'] = `keep-in-${name}`
  button.ariaPressed = String(name === choice.name)
  return button
}

/** Tokens do not move: the session ends where it was, in every tab that shares it, and the page begins anew. */
async function move(auth: AuthSource['auth'], choice: StoreChoice, name: StoreName): Promise<void> {
  if (name === choice.name) return
  choice.choose(name)
  try {
    if (auth.session.status === 'authenticated') await auth.logout()
  } catch (error) {
    choice.choose(choice.name)
    throw error
  }
  location.reload()
}

import type { Session, UserInfo } from '@oauth-concierge/browser'
import { showCountdown } from './countdown.ts'
import { all, part, stamp } from './dom.ts'
import type { Problem } from './errors-for-people.ts'
import type { Order, OrderFilter } from './orders.ts'

/** Calls `run` with the `data-action` of whatever button is pressed. */
export function onAction(run: (name: string) => void): void {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>('[data-action]') : null
    if (button?.dataset['action'] && button.ariaDisabled !== 'true') run(button.dataset['action'])
  })
}

/** Marks the buttons of an action as busy; gives the way to end that. */
export function showBusy(action: string): () => void {
  const set = (busy: boolean): void => {
    for (const button of all(`[data-action="${action}"]`))
      button.ariaDisabled = button.ariaBusy = String(busy)
  }
  // The back button may bring this page back as it was left: on its way to the sign-in server.
  addEventListener('pageshow', ({ persisted }) => persisted && set(false), { once: true })
  set(true)
  return () => set(false)
}

/** Says something to everybody, screen readers included. */
export function say(text: string): void {
  part('status').textContent = text
}

/** Shows who is logged in, and the parts of the page that go with that. */
export function showSession(session: Session): void {
  document.body.dataset['session'] = session.status
  for (const section of all('[data-when]')) {
    section.hidden = !section.dataset['when']?.split(' ').includes(session.status)
  }
  showCountdown(session.status === 'authenticated' ? session.accessTokenExpiresAt : undefined)
  if (session.status !== 'authenticated') return
  const { claims, scope } = session
  // What only a BFF says.
  const end = 'expiresAt' in session ? Number(session.expiresAt) : 0
  part('session-end').textContent = new Date(end * 1000).toLocaleTimeString([], { timeStyle: 'short' })
  part('user').textContent = claims?.sub ?? 'somebody'
  part('initial').textContent = (claims?.sub ?? '?').slice(0, 1).toUpperCase()
  showFacts('claims', {
    Subject: claims?.sub,
    'Vouched for by': claims?.iss,
    'Signed in at': claims?.auth_time && new Date(claims.auth_time * 1000).toLocaleString(),
    'May do': scope.join(', '),
  })
}

/** Shows what the authorization server says of the user. */
export function showUserInfo(info: UserInfo): void {
  showFacts('user-info', { ...info, sub: undefined })
  part('user-info').hidden = false
}

/** Shows orders as the API gave them. */
export function showOrders(orders: readonly Order[], filter: OrderFilter): void {
  for (const button of all('[data-filter]')) button.ariaPressed = String(button.dataset['filter'] === filter)
  const items = orders.map((order) =>
    stamp('order', {
      item: order.item,
      number: `${order.id} · ${new Date(order.placedOn).toLocaleDateString(undefined, { dateStyle: 'medium' })}`,
      total: (order.total.cents / 100).toLocaleString(undefined, {
        style: 'currency',
        currency: order.total.currency,
      }),
      state: order.status,
    }),
  )
  part('orders').replaceChildren(...items)
  part('no-orders').hidden = true
  say(`The API sent ${orders.length} ${orders.length === 1 ? 'order' : 'orders'}.`)
}

/** Shows a problem and offers the way out, which may be `retry`, the action that failed; or takes the last problem away. */
export function showProblem(problem: Problem | undefined, retry = 'log-in'): void {
  const region = part('problem')
  region.replaceChildren(...(problem ? [buildNotice(problem, retry)] : []))
  region.firstElementChild?.scrollIntoView({ block: 'nearest' })
}

function buildNotice({ title, advice, code, remedy }: Problem, retry: string): HTMLElement {
  const label = remedy === 'log-in' ? 'Log in' : 'Try again'
  const notice = stamp('problem', { title, advice, code, label })
  const button = notice.querySelector('button')
  if (button) {
    button.hidden = remedy === undefined
    button.dataset['action'] = remedy === 'log-in' ? 'log-in' : retry
  }
  return notice
}

function showFacts(name: string, facts: Readonly<Record<string, unknown>>): void {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  const rows = known.map(([term, value]) =>
    stamp('fact', { term: term.replaceAll('_', ' '), value: String(value) }),
  )
  part(name).replaceChildren(...rows)
}

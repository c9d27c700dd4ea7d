import type { LoginOptions } from '@oauth-concierge/browser'
import * as source from './auth.ts'
import { openBackstage } from './backstage/open-backstage.ts'
import { describe } from './errors-for-people.ts'
import { listOrders, type OrderFilter, spoilAccessToken } from './orders.ts'
import { askUserInfo } from './user-info.ts'
import { onAction, say, showBusy, showOrders, showProblem, showSession, showUserInfo } from './view.ts'

const { auth } = source

/** What the buttons of the page do, by their `data-action`. */
const actions: Readonly<Record<string, () => Promise<unknown>>> = {
  start,
  'log-in': () => auth.login(whereTo()),
  'log-in-with-consent': () => auth.login({ prompt: 'consent' }),
  'all-orders': () => orders('all'),
  'open-orders': () => orders('open'),
  refresh: async () => {
    await renew()
    say('The API refused the old token, so a new one was fetched.')
  },
  'user-info': async () => {
    showUserInfo(await askUserInfo())
    say('The sign-in server told us more about you.')
  },
  'log-out': () => auth.logout(),
  ...openBackstage(source, renew),
}

auth.subscribe(() => showSession(auth.session))
onAction(run)
await run('start')

/** Whatever goes wrong anywhere on the page ends here, as words for the user. */
async function run(name: string): Promise<void> {
  say('')
  showProblem(undefined)
  const done = showBusy(name)
  try {
    await actions[name]?.()
  } catch (error) {
    // A callback is good for one attempt: after a failed one, trying again means to log in again. Where nobody knows yet who is logged in,
    // it means to ask again.
    const isUnknown = auth.session.status === 'restoring'
    showProblem(describe(error, auth.session), name === 'start' && !isUnknown ? 'log-in' : name)
  } finally {
    done()
  }
}

/** Completes a login if the user is just coming back from one, then shows what the address asks for. */
async function start(): Promise<void> {
  await auth.start()
  if (auth.session.status !== 'authenticated') return
  say('You are logged in.')
  const filter = filterInAddress()
  if (filter) await orders(filter)
}

async function renew(): Promise<void> {
  await spoilAccessToken()
  await orders(filterInAddress() ?? 'all')
}

async function orders(filter: OrderFilter): Promise<void> {
  history.replaceState(null, '', `/?status=${filter}`)
  showOrders(await listOrders(filter), filter)
}

function filterInAddress(): OrderFilter | undefined {
  const status = new URLSearchParams(location.search).get('status')
  return status === 'all' || status === 'open' ? status : undefined
}

/** A link may name the place to go after the login. It may name anything: the SDK refuses what lies on another origin. */
function whereTo(): LoginOptions {
  const returnTo = new URLSearchParams(location.search).get('return-to')
  return returnTo === null ? {} : { returnTo }
}

import { ConciergeError, type FinishedLogin, type Session } from '@oauth-concierge/mobile'
import { createSession } from './auth.ts'

const auth = createSession((login) => void run(() => login))

const titles: Readonly<Record<Session['status'], string>> = {
  restoring: 'One moment …',
  anonymous: 'You are not logged in.',
  authenticated: 'Hello!',
  expired: 'Your session has ended.',
}

const actions: Readonly<Record<string, () => Promise<string | FinishedLogin | void>>> = {
  'log-in': () => auth.login({ returnTo: '/welcome' }),
  'log-out': () => auth.logout(),
  'user-info': async () => `You are ${String((await auth.userInfo())['name'])}.`,
}

auth.subscribe(show)
document.addEventListener('click', ({ target }) => {
  const action = target instanceof HTMLElement ? target.dataset['action'] : undefined
  if (action) void run(async () => actions[action]?.())
})
show()
void run(() => auth.start())

function show(): void {
  const { status } = auth.session
  document.body.dataset['session'] = status
  part('title').textContent = titles[status]
  for (const element of document.querySelectorAll<HTMLElement>('[data-when]'))
    element.hidden = !element.dataset['when']?.split(' ').includes(status)
}

/** Whatever goes wrong ends here, as words for the user. */
async function run(work: () => Promise<string | FinishedLogin | void>): Promise<void> {
  say('')
  try {
    const result = await work()
    if (typeof result === 'string') say(result)
    else if (result?.returnTo !== undefined) say(`Back at ${result.returnTo}.`)
  } catch (error) {
    say(error instanceof ConciergeError ? words(error) : 'Something went wrong.')
  }
}

function words({ code }: ConciergeError): string {
  switch (code) {
    case 'login_dismissed':
      return 'You closed the browser. You can log in at any time.'
    case 'access_denied':
      return 'You declined.'
    case 'offline':
    case 'network_failed':
      return 'There is no connection.'
    default:
      return `That did not work (${code}).`
  }
}

function say(text: string): void {
  part('message').textContent = text
}

function part(name: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(`[data-part="${name}"]`)
  if (!element) throw new Error(`index.html has no part named ${name}.`)
  return element
}

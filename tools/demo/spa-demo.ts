import { startDemo } from '../../examples/spa/server/start-demo.ts'
import type { DemoKind } from './demo-kind.ts'
import { journey } from './journey.ts'

/** The single-page app that has its tokens itself. */
export const demoKind: DemoKind = {
  name: 'spa',
  start: startDemo,
  journey,
  behind: () => undefined,
  thingsToTry: ({ app }) => [
    'Log in with a wrong password first, then with the right one.',
    'Press “Deny” on the consent page. It comes back with “Log in and review permissions”.',
    'Watch the ticket run out (2 minutes), then ask for the orders: it is renewed by itself.',
    'Reload the page: the tokens were in its memory, so you are logged out, and one click logs you in.',
    'Behind the counter: keep the tokens elsewhere, and let a script look for them there.',
    'Open a second tab and log in there as well. Log out in one of them.',
    `Open ${app.origin}/?code=forged&state=forged in another tab.`,
    'Press s and Enter here to stop the authorization server, and again to start it. Log in, refresh.',
  ],
}

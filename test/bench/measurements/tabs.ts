import type { RefreshTokenRotation } from '@oauth-concierge/reference-server'
import type { Page } from 'playwright-core'
import { findProgram, howToGet } from '../../../tools/ensure-programs.ts'
import { launchChromium } from '../../e2e/support/launch-chromium.ts'
import { oursInWorker } from '../contestants.ts'
import { ask, started, startTabsWorld, type TabsContestant, type TabsWorld } from '../rig/tabs-world.ts'
import type { Table } from '../table.ts'

/** Runs of each contestant in each scenario. */
const runs = Number(process.env['CONCIERGE_TABS_RUNS'] ?? 4)
const tabsOfAll = 10

type Scenario = {
  name: string
  rotation: RefreshTokenRotation
  tabs: number
  /** What happens to the tabs; gives those that are left. */
  play: (world: TabsWorld, tabs: readonly [Page, ...Page[]]) => Promise<readonly Page[]>
}

type Outcome = { refreshes: number; revoked: number; tabs: number; alive: number }

/** All ask at the moment of expiry. */
const barrier: Scenario['play'] = async (_, tabs) => {
  await Promise.all(tabs.map(ask))
  return tabs
}

/** The tab whose refresh is under way is closed once the server has rotated; the others ask meanwhile. */
const kill: Scenario['play'] = async ({ refreshes }, [doomed, ...others]) => {
  const refresh = refreshes.hold('after')
  void ask(doomed).catch(() => undefined)
  await refresh.held
  const answers = others.map(ask)
  await doomed.close()
  refresh.release()
  await Promise.all(answers)
  return others
}

/** The only tab is reloaded while its refresh is under way. */
const reload: Scenario['play'] = async ({ refreshes }, [only]) => {
  const refresh = refreshes.hold('after')
  void ask(only).catch(() => undefined)
  await refresh.held
  await only.reload()
  refresh.release()
  await started(only)
  return [only]
}

const scenarios: readonly Scenario[] = [
  { name: 'barrier', rotation: 'strict', tabs: tabsOfAll, play: barrier },
  { name: 'kill', rotation: 'strict', tabs: tabsOfAll, play: kill },
  { name: 'kill + grace', rotation: { grace: 30 }, tabs: tabsOfAll, play: kill },
  { name: 'reload', rotation: 'strict', tabs: 1, play: reload },
]

const { worker } = oursInWorker

const contestants: readonly TabsContestant[] = [
  { name: '@oauth-concierge/browser, encrypted', page: 'tabs-concierge-encrypted.js' },
  { name: '@oauth-concierge/browser, worker', page: 'tabs-concierge-worker.js', ...(worker && { worker }) },
  {
    name: '@oauth-concierge/browser, worker, encrypted',
    page: 'tabs-concierge-worker-encrypted.js',
    ...(worker && { worker }),
  },
  { name: 'oidc-client-ts 3.5.0, localStorage', page: 'tabs-oidc-client-ts.js' },
  {
    name: '@auth0/auth0-spa-js 2.27.0, localStorage, refresh tokens',
    page: 'tabs-auth0-spa-js.js',
    dialect: 'auth0',
  },
]

/** Tabs of one user at a server that rotates refresh tokens: what is sent, what is revoked, who is still logged in. */
export async function tabs(): Promise<Table[]> {
  const executablePath = findProgram('chromium')
  const title = `${tabsOfAll} tabs of one session, refresh tokens rotate`
  if (!executablePath) return [{ title, columns: ['contestant'], rows: [], notes: [howToGet('chromium')] }]
  const rows: string[][] = []
  for (const scenario of scenarios) {
    for (const contestant of contestants) {
      const outcomes: Outcome[] = []
      while (outcomes.length < runs) outcomes.push(await playOnce(executablePath, contestant, scenario))
      rows.push(rowOf(scenario, contestant, outcomes))
    }
  }
  return [
    {
      title: `${title}, Chromium`,
      columns: [
        'scenario',
        'contestant',
        'refresh requests',
        'families revoked',
        'tabs still logged in',
        'runs without a loss',
      ],
      rows,
      notes: [
        'Barrier: all ask at the moment of expiry. Kill: the tab whose refresh is under way is closed once the server has rotated, and the others ask. Reload: the only tab is reloaded then. A refresh token that comes back revokes its family; with grace it is honoured once more within 30 s. The clocks of pages, worker and server jump together. Still logged in: a tab that has an access token which the server honours, within 2 s.',
      ],
    },
  ]
}

/** In a browser of its own: a shared worker of the run before may outlive its pages. */
async function playOnce(
  executablePath: string,
  contestant: TabsContestant,
  scenario: Scenario,
): Promise<Outcome> {
  const browser = await launchChromium(executablePath)
  try {
    await using world = await startTabsWorld(browser, contestant, scenario.rotation)
    return await play(world, scenario)
  } finally {
    await browser.close()
  }
}

async function play(world: TabsWorld, scenario: Scenario): Promise<Outcome> {
  const opened = (await world.openTabs(scenario.tabs)) as [Page, ...Page[]]
  const before = world.refreshes.count()
  await world.expireTokens(opened)
  const left = await scenario.play(world, opened)
  const refreshes = world.refreshes.count() - before
  const answers = await Promise.all(left.map((tab) => world.isLoggedIn(tab)))
  return {
    refreshes,
    revoked: world.revoked(),
    tabs: left.length,
    alive: answers.filter(Boolean).length,
  }
}

function rowOf({ name }: Scenario, contestant: TabsContestant, outcomes: readonly Outcome[]): string[] {
  const sound = outcomes.filter(({ alive, tabs }) => alive === tabs).length
  return [
    name,
    contestant.name,
    range(outcomes.map(({ refreshes }) => refreshes)),
    range(outcomes.map(({ revoked }) => revoked)),
    `${range(outcomes.map(({ alive }) => alive))} of ${outcomes[0]?.tabs}`,
    `${sound} of ${outcomes.length}`,
  ]
}

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? String(least) : `${least}–${most}`
}

import { randomUUID } from 'node:crypto'
import { globSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RigBrowser, RigPage } from './rig-page.ts'
import { startWebKitDriver } from './start-webkit-driver.ts'
import { type Command, createCommand, WebDriverError } from './webdriver-client.ts'

const patience = 20_000
const elementKey = 'element-6066-11e4-a52e-4f735466cecf'

/** Starts WebKitGTK's own small browser on a screen of its own. */
export async function openWebKit(driverPath: string): Promise<RigBrowser> {
  const driver = await startWebKitDriver(driverPath)
  try {
    const command = createCommand(`${driver.url}/session`)
    const { sessionId } = await command<{ sessionId: string }>('POST', '', {
      capabilities: { alwaysMatch: capabilities() },
    })
    const session = await createSession(createCommand(`${driver.url}/session/${sessionId}`))
    return {
      newPage: session.newPage,
      close: async () => {
        await command('DELETE', `/${sessionId}`).catch(() => undefined)
        driver.stop()
      },
    }
  } catch (error) {
    driver.stop()
    throw error
  }
}

function capabilities(): object {
  const [binary] = globSync('/usr/lib/*/webkit2gtk-4.1/MiniBrowser')
  return {
    acceptInsecureCerts: true,
    'webkitgtk:browserOptions': { ...(binary && { binary }), args: ['--automation'] },
  }
}

interface Session {
  windows(): Promise<string[]>
  newPage(): Promise<RigPage>
  page(handle: string): RigPage
}

/** A driver knows one current window, so commands go one after the other, each to its own window. */
async function createSession(command: Command): Promise<Session> {
  // The window that the session began with stays: with its last window a session ends, and new ones are opened from one.
  const [anchor] = await command<string[]>('GET', '/window/handles')
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = queue.then(work, work)
    queue = turn.catch(() => undefined)
    return turn
  }
  const session: Session = {
    windows: () => inTurn(() => command<string[]>('GET', '/window/handles')),
    newPage: async () => {
      const { handle } = await inTurn(async () => {
        await command('POST', '/window', { handle: anchor })
        return command<{ handle: string }>('POST', '/window/new', { type: 'window' })
      })
      return session.page(handle)
    },
    page: (handle) => {
      const inWindow: Command = (...words) =>
        inTurn(async () => {
          await command('POST', '/window', { handle })
          return command(...words)
        })
      return createPage(session, inWindow)
    },
  }
  return session
}

function createPage(session: Session, command: Command): RigPage {
  const find = async (selector: string): Promise<string> => {
    const element = await until(() =>
      command<Record<string, string>>('POST', '/element', { using: 'css selector', value: selector }).catch(
        ignoreAbsent,
      ),
    )
    return `/element/${element[elementKey]}`
  }
  return {
    goto: async (url) => void (await command('POST', '/url', { url })),
    reload: async () => void (await command('POST', '/refresh')),
    url: () => command<string>('GET', '/url'),
    evaluate: (work: (argument: never) => unknown, argument?: unknown) => evaluate(command, work, argument),
    click: async (selector) => void (await command('POST', `${await find(selector)}/click`)),
    fill: async (selector, text) => {
      const element = await find(selector)
      await command('POST', `${element}/clear`)
      await command('POST', `${element}/value`, { text })
    },
    newPage: session.newPage,
    openedBy: async (work) => {
      const before = await session.windows()
      await work()
      const handle = await until(async () =>
        (await session.windows()).find((other) => !before.includes(other)),
      )
      const opened = session.page(handle)
      await until(() =>
        opened.evaluate(() => document.readyState === 'complete' && location.href !== 'about:blank'),
      )
      return opened
    },
    back: async () => void (await command('POST', '/back')),
    holdStill: () => Promise.reject(new Error('The driver of WebKitGTK holds no page still.')),
    close: async () => void (await command('DELETE', '/window')),
  }
}

function ignoreAbsent(error: unknown): undefined {
  if (error instanceof WebDriverError && error.error === 'no such element') return undefined
  throw error
}

/** Asks again until there is something. */
async function until<Result>(ask: () => Promise<Result | undefined | false>): Promise<Result> {
  for (let waited = 0; waited < patience; waited += 50) {
    const result = await ask()
    if (result) return result
    await sleep(50)
  }
  throw new Error(`Nothing came within ${patience} ms.`)
}

interface Outcome {
  /** As JSON; null where there is no value. */
  readonly text: string | null
  readonly fault: string | null
}

/**
 * The work goes on in the page while other windows have their turn. In a page that makes way for another before it is done, it is done in that one,
 * as the other engines' drivers wait for a page that is on its way.
 */
async function evaluate<Result>(
  command: Command,
  work: (argument: never) => unknown,
  argument: unknown,
): Promise<Result> {
  const key = `rig-${randomUUID()}`
  const begin = `
    const [key, argument] = arguments
    window[key] = 'begun'
    const end = (outcome) => { window[key] = outcome }
    Promise.resolve(argument).then(${work}).then(
      (value) => end({ text: JSON.stringify(value) ?? null, fault: null }),
      (error) => end({ text: null, fault: String(error) }),
    )`
  const look = 'return window[arguments[0]] ?? null'
  const { text, fault } = await until(async () => {
    const found = await command<Outcome | 'begun' | null>('POST', '/execute/sync', {
      script: look,
      args: [key],
    })
    if (!found) await command('POST', '/execute/sync', { script: begin, args: [key, argument ?? null] })
    return found && found !== 'begun' ? found : undefined
  })
  if (fault !== null) throw new Error(fault)
  return (text === null ? undefined : JSON.parse(text)) as Result
}

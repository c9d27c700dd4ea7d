import type { AgentOptions, AgentResult, Shell, TextStorage } from '../shell.ts'

/** A visit to the external user agent of a phone. */
export interface AgentVisit extends AgentOptions {
  readonly url: string
  /** Gives an end to the visit, as a session made for logins does. */
  end(result: AgentResult): void
  /** Fails to open. */
  fail(error: Error): void
}

/** A phone with one app on it, as a test can see and touch it. What is in its storages outlives each process of the app. */
export interface Phone {
  /** Starts a process of the app, by a link or by hand; the one before is dead, whatever it was doing. */
  startApp(link?: string): Shell
  /** Another process of the same app that shares its storages and is never in front, as a background task. */
  startTask(): Shell
  readonly visits: readonly AgentVisit[]
  /** How often the app closed the agent. */
  readonly dismissals: number
  /** Somebody, be it the browser or another app, follows a link that this app claims. */
  openLink(link: string): Promise<void>
  /** The user comes back to the app. */
  resume(): Promise<void>
  readonly keychain: Map<string, string>
  readonly preferences: Map<string, string>
  /** Every use of a storage, in order: `read keychain name`. */
  readonly operations: string[]
  /** Fails every use of the keychain from now on, as while the phone is locked. */
  locked: boolean
}

interface Process {
  readonly links: Set<(link: string) => void>
  readonly resumes: Set<() => void>
}

/** A phone that was just bought. */
export function createPhone(): Phone {
  let front: Process | undefined
  const visits: AgentVisit[] = []
  const operations: string[] = []

  const texts = (place: string, entries: Map<string, string>): TextStorage => {
    const use = async <Result>(what: string, name: string, work: () => Result): Promise<Result> => {
      operations.push(`${what} ${place} ${name}`)
      if (phone.locked && place === 'keychain') throw Object.assign(new Error('locked'), { code: 'osError' })
      await Promise.resolve()
      return work()
    }
    return {
      read: (name) => use('read', name, () => entries.get(name)),
      write: (name, text) => use('write', name, () => void entries.set(name, text)),
      remove: (name) => use('remove', name, () => void entries.delete(name)),
    }
  }

  const createShell = (self: Process, launchLink: string | undefined): Shell => {
    const keychain = texts('keychain', phone.keychain)
    return {
      agent: 'external',
      openAgent: (url, options) =>
        new Promise((end, fail) => void visits.push({ url, ...options, end, fail })),
      dismissAgent: async () => void (phone.dismissals += 1),
      launchLink: async () => launchLink,
      onLink: async (listener) => {
        self.links.add(listener)
        return () => void self.links.delete(listener)
      },
      onResume: async (listener) => {
        self.resumes.add(listener)
        return () => void self.resumes.delete(listener)
      },
      tokens: keychain,
      logins: keychain,
      installation: texts('preferences', phone.preferences),
    }
  }

  const createProcess = (): Process => ({ links: new Set(), resumes: new Set() })

  const phone = {
    startApp: (link?: string): Shell => {
      front?.links.clear()
      front?.resumes.clear()
      front = createProcess()
      return createShell(front, link)
    },
    startTask: (): Shell => createShell(createProcess(), undefined),
    visits,
    dismissals: 0,
    openLink: async (link: string): Promise<void> => {
      for (const listener of front?.links ?? []) listener(link)
      await settle()
    },
    resume: async (): Promise<void> => {
      for (const listener of front?.resumes ?? []) listener()
      await settle()
    },
    keychain: new Map<string, string>(),
    preferences: new Map<string, string>(),
    operations,
    locked: false,
  }
  return phone
}

/** Lets what was set off get on its way; crypto takes turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

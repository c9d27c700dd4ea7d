import { createSessionState, type ResourceAccess } from '@oauth-concierge/core'
import type { Engine } from '../engine.ts'

type Access = Pick<ResourceAccess, 'getAccessToken' | 'fetch'>

/** An engine that opens with the first call of it; until then the session is being restored. Opening that fails is tried again. */
export function createLateEngine(open: () => Promise<Engine>): Engine {
  const shown = createSessionState()
  let opening: Promise<Engine> | undefined
  let engine: Engine | undefined

  const opened = (): Promise<Engine> => {
    opening ??= open().then(
      (ready) => {
        engine = ready
        ready.subscribe(() => shown.set(ready.session))
        return ready
      },
      (error: unknown) => {
        opening = undefined
        throw error
      },
    )
    return opening
  }
  const access = (of: (engine: Engine) => Access): Access => {
    let found: Access | undefined
    const late = async (): Promise<Access> => (found ??= of(await opened()))
    return {
      getAccessToken: () =>
        found ? found.getAccessToken() : late().then((access) => access.getAccessToken()),
      fetch: async (input, init) => (await late()).fetch(input, init),
    }
  }
  return {
    get session() {
      return engine?.session ?? shown.get()
    },
    subscribe: shown.subscribe,
    restore: async () => (await opened()).restore(),
    resync: async () => (await opened()).resync(),
    startLogin: async (login) => (await opened()).startLogin(login),
    finishLogin: async (parameters) => (await opened()).finishLogin(parameters),
    userInfo: async () => (await opened()).userInfo(),
    endSession: async (logout) => (await opened()).endSession(logout),
    ...access((engine) => engine),
    for: (resource, options) => access((engine) => engine.for(resource, options)),
    close: () => engine?.close(),
  }
}

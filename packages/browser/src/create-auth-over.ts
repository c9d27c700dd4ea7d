import {
  checkReturnTo,
  type FinishedLogin,
  type LogoutOptions,
  ProtocolError,
  readReturnTo,
  type UserAgent,
} from '@oauth-concierge/core'
import { type AuthOptions, refuseSecret } from './auth-options.ts'
import type { AuthParts } from './auth-parts.ts'
import type { Auth, LoginOptions } from './auth.ts'
import { takeCallback } from './callback-address.ts'
import type { Engine, EngineOptions } from './engine.ts'
import { createDiary, observed } from './events.ts'
import { explain } from './explain.ts'
import { createLoginTrail, type LoginTrail } from './login-trail.ts'
import { logoutAddress } from './logout-address.ts'
import { createLogoutReturn, type LogoutReturn } from './logout-return.ts'
import { createOriginMemory, type OriginMemory } from './origin-memory.ts'
import { onceShown, onWake, pageOrigin, pagePath, pageRoot, showPath } from './page.ts'
import { createHearing } from './runtime/hearing.ts'
import { pageRuntime } from './runtime/page-runtime.ts'
import { leaveFor, redirectUserAgent } from './user-agents/redirect-user-agent.ts'
import { createWebStorageStore } from './web-storage-store.ts'

interface Page extends AuthParts {
  readonly trail: LoginTrail
  readonly logouts: LogoutReturn
  /** Which logout was the latest in any tab: it is there for a page that could not hear of it. */
  readonly latestLogout: OriginMemory
  /** The latest that the tab knows of, whose session is a later one. */
  readonly knownLogout: OriginMemory
  /** Ends a session of this tab's own, as the news of a logout elsewhere would have. */
  readonly hearLogout: (() => void) | undefined
}

/**
 * The session of a page over the engine that `open` gives. Does nothing yet, on a server as well.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 */
export function createAuthOver(
  options: AuthOptions,
  tokenStore: { readonly name: string; readonly isShared: boolean },
  open: (options: EngineOptions) => Engine,
): Auth {
  refuseSecret(options)
  const surroundings = pageRuntime(options.runtime, tokenStore.isShared)
  const diary = createDiary(surroundings, options.onEvent)
  const hearing = createHearing(surroundings.openChannel)
  const runtime = observed({ ...surroundings, openChannel: hearing.openChannel }, diary)
  const onDegraded = ({ message }: Error): void =>
    diary.note('degraded', { tokenStore: tokenStore.name, message })
  const engine = open({ ...options, runtime, diary, onDegraded })
  const parts: AuthParts = { options, engine, runtime, diary, tokenStore: tokenStore.name }
  const tab = createWebStorageStore(() => window.sessionStorage)
  const shared = createWebStorageStore(() => window.localStorage)
  const client = `${options.clientId}@${options.issuer}`
  const page: Page = {
    ...parts,
    trail: createLoginTrail({ tab, shared }, runtime.clock, client),
    logouts: createLogoutReturn(tab, client),
    latestLogout: createOriginMemory(`concierge:ended:${client}`),
    knownLogout: createOriginMemory(`concierge:ended:${client}`, 'sessionStorage'),
    hearLogout: tokenStore.isShared ? undefined : () => hearing.tell('ended'),
  }
  let started: Promise<FinishedLogin> | undefined
  let sleepOn: (() => void) | undefined
  let knownLogout: string | null | undefined
  engine.subscribe(() => {
    const { status } = engine.session
    diary.note('session', { status })
    if (status !== 'authenticated') return
    knownLogout = page.latestLogout.read()
    page.knownLogout.write(knownLogout ?? '')
  })
  const noted = async <Result>(call: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      diary.note('failure', { call, code: String((error as { code?: unknown }).code) })
      throw error
    }
  }
  return {
    get session() {
      return engine.session
    },
    subscribe: engine.subscribe,
    start: () => {
      started ??= noted('start', () => start(page))
      sleepOn ??=
        typeof window === 'undefined'
          ? undefined
          : onWake((isRestored) => void wake(engine, isRestored && page.latestLogout.read() !== knownLogout))
      return started
    },
    login: (login) => noted('login', () => logIn(page, login)),
    fetch: (input, init) => noted('fetch', () => engine.fetch(input, init)),
    getAccessToken: engine.getAccessToken,
    for: (resource, scope) => engine.for(resource, scope),
    userInfo: () => noted('userInfo', () => engine.userInfo()),
    logout: (logout) => noted('logout', () => logOut(page, logout)),
    explain: () => explain(parts),
    close: () => {
      sleepOn?.()
      engine.close()
    },
  }
}

/**
 * No timer is trusted to have run: what happened meanwhile is looked up, and a token that ran out meanwhile is renewed before it is missed.
 * A page with tokens of its own begins anew where the news of a logout passed it by: WebKit drops what comes while it is in the back-forward cache.
 */
async function wake(engine: Engine, hasMissedLogout: boolean): Promise<void> {
  try {
    const { status } = await engine.resync()
    if (status !== 'authenticated') return
    if (hasMissedLogout) window.location.reload()
    else await engine.getAccessToken()
  } catch {
    // The session shows what came of it; whoever needs a token meets the error.
  }
}

/** The address is read and cleaned before the first wait, so nothing that runs later can see the code. */
async function start(page: Page): Promise<FinishedLogin> {
  const { options, logouts, diary } = page
  const parameters = takeCallback(options.redirectUri ?? pageRoot())
  if (!parameters) {
    await logouts.finish()
    await restore(page)
    return {}
  }
  diary.note('callback', { refused: parameters.has('error') })
  await onceShown()
  return finish(page, parameters)
}

/** Tokens of a tab are still there when it comes back from another site, though the user logged out elsewhere meanwhile. */
async function restore({ engine, knownLogout, latestLogout, hearLogout }: Page): Promise<void> {
  const hasMissedLogout = (knownLogout.read() ?? '') !== (latestLogout.read() ?? '')
  const { status } = await engine.restore()
  if (status === 'authenticated' && hasMissedLogout) hearLogout?.()
}

async function finish(page: Page, parameters: URLSearchParams): Promise<FinishedLogin> {
  const { engine, trail } = page
  await trail.noteReturn()
  try {
    const finished = await engine.finishLogin(parameters)
    await trail.end()
    return goBack(finished)
  } catch (error) {
    return recover(page, error)
  }
}

/** Checked again here: what a store gives back may have been edited there. */
function goBack({ returnTo, ...finished }: FinishedLogin): FinishedLogin {
  const path = returnTo === undefined ? undefined : readReturnTo(returnTo, pageOrigin())
  if (path === undefined) return finished
  showPath(path)
  return { ...finished, returnTo: path }
}

/** What was there before the login goes on; and the user is where the login was to end, so that another one ends there too. */
async function recover(page: Page, error: unknown): Promise<FinishedLogin> {
  await restore(page)
  const code = error instanceof ProtocolError ? error.code : undefined
  if (code === 'callback_replayed') return {}
  if (code === 'callback_state_unknown') return recoverOrphan(page, error)
  const target = await page.trail.end()
  if (target !== undefined) goBack({ returnTo: target })
  throw error
}

/** In a tab that has begun a login its answers are known: one that is not was forged, and what is under way goes on. */
async function recoverOrphan(page: Page, error: unknown): Promise<FinishedLogin> {
  const { engine, trail, options } = page
  const { onOrphanCallback = 'restart' } = options
  if (onOrphanCallback === 'ignore' || engine.session.status === 'authenticated') return {}
  const returnTo = onOrphanCallback === 'throw' || (await trail.hasBegun()) ? undefined : await trail.end()
  if (returnTo === undefined) throw error
  await visit(page, goBack({ returnTo }), redirectUserAgent)
  return {}
}

async function logIn(page: Page, { userAgent, ...login }: LoginOptions = {}): Promise<void> {
  const { options, trail } = page
  const origin = pageOrigin()
  const returnTo = checkReturnTo(login.returnTo ?? pagePath(), origin)
  const chosen = userAgent ?? options.userAgent ?? redirectUserAgent
  // Nothing may be waited for before: a window opens for the user's click only.
  const agent = chosen.open?.() ?? chosen
  try {
    await onceShown()
    await trail.check()
    await trail.begin(returnTo)
    await visit(page, { ...login, returnTo }, agent)
  } catch (error) {
    agent.close?.()
    await trail.end()
    throw error
  }
}

/** An agent that does not leave the page gives the answer here. What the user does in the page meanwhile is left alone: so is the address. */
async function visit(page: Page, { signal, ...login }: LoginOptions, agent: UserAgent): Promise<void> {
  const { engine, options, runtime, diary, trail } = page
  const { redirectUri = options.redirectUri ?? pageRoot(), prompt = login.prompt } = agent
  const { url, state } = await engine.startLogin({ ...login, ...(prompt && { prompt }), redirectUri })
  signal?.throwIfAborted()
  diary.note('redirect', { to: new URL(url).origin })
  const parameters = await agent.authorize(url, { state, clock: runtime.clock, signal })
  if (!parameters) return
  await engine.finishLogin(parameters)
  await trail.end()
}

async function logOut(page: Page, logout: LogoutOptions = {}): Promise<void> {
  const { engine, options, logouts, diary } = page
  const { userAgent = redirectUserAgent, postLogoutRedirectUri = pageRoot() } = options
  page.latestLogout.write(String(page.runtime.random()))
  const request = await engine.endSession({ postLogoutRedirectUri, ...logout })
  if (!request) return
  await logouts.begin(request.state)
  diary.note('redirect', { to: new URL(request.endpoint).origin })
  const { endpoint, parameters } = request
  await (options.logoutBy === 'get'
    ? leaveFor(logoutAddress(endpoint, parameters))
    : userAgent.endSession(endpoint, parameters))
}

import {
  type Clock,
  completeRuntime,
  createRelyingParty,
  type FinishedLogin,
  readReturnTo,
  type RelyingParty,
  type Runtime,
} from '@oauth-concierge/core'
import { type AgentTurns, createAgentTurns } from './agent-turns.ts'
import { type Arrivals, createArrivals } from './arrivals.ts'
import { checkCrypto } from './check-crypto.ts'
import { createLinkDesk, type LinkDesk } from './link-desk.ts'
import { once } from './once.ts'
import type { MobileAuthOptions } from './options.ts'
import type { Shell } from './shell.ts'
import { createBoxStore } from './storage/box-store.ts'
import { checkInstallation } from './storage/installation.ts'
import { createLeaseLock } from './storage/lease-lock.ts'
import { readWholeAnswers } from './whole-answers.ts'

/** What the flows of one app share. */
export interface MobileContext {
  readonly options: MobileAuthOptions
  readonly shell: Shell
  readonly clock: Clock
  readonly relyingParty: RelyingParty
  readonly desk: LinkDesk
  readonly arrivals: Arrivals
  readonly turns: AgentTurns
  /** Everything that must be in place before the first step. Safe to call again, and after a failure. */
  prepare(): Promise<void>
}

/** An app has no origin of its own; paths to return to are checked against this one, which nobody can have. */
export const appOrigin = 'https://app.invalid'

/** Wires the flows. Does no I/O. @throws UsageError `invalid_configuration`, `insecure_url` */
export function createMobileContext(options: MobileAuthOptions): MobileContext {
  const { shell, clientId, issuer } = options
  const nameOf = (kind: string): string => `concierge:${kind}:${clientId}@${issuer}`
  const vault = createBoxStore(shell.tokens, nameOf('tokens'))
  const transactions = createBoxStore(shell.logins, nameOf('logins'))
  const runtime = completeShellRuntime(options, nameOf('lock'))
  const relyingParty = createRelyingParty({ ...options, vault, transactions, runtime })
  const desk = createLinkDesk(
    options.redirectUri,
    (parameters) => finishLogin(relyingParty, parameters),
    (why) => queueMicrotask(() => options.onIgnoredLink?.(why)),
  )
  const arrivals = createArrivals({ options, relyingParty, desk })
  const prepare = once(async () => {
    await checkCrypto((options.scope ?? 'openid').split(' ').includes('openid'))
    const { installation, logins: secure } = shell
    const name = nameOf('installation')
    if (installation) await checkInstallation({ installation, secure, name, boxes: [vault, transactions] })
    await arrivals.listen()
  })
  const { clock } = runtime
  return { options, shell, clock, relyingParty, desk, arrivals, turns: createAgentTurns(), prepare }
}

/** Pages share nothing; an app may share its tokens with a background task of its own. */
function completeShellRuntime({ shell, runtime }: MobileAuthOptions, lockName: string): Runtime {
  const { lock, http, ...rest } = completeRuntime(runtime)
  const complete = { ...rest, http: readWholeAnswers(http) }
  if (runtime?.lock || shell.agent === 'page') return { ...complete, lock }
  const leases = createBoxStore(shell.logins, lockName)
  return { ...complete, lock: shell.lock ?? createLeaseLock(leases, complete.clock) }
}

/** Checked again here: what a store gives back may have been edited there. */
async function finishLogin(relyingParty: RelyingParty, parameters: URLSearchParams): Promise<FinishedLogin> {
  const { returnTo, ...finished } = await relyingParty.finishLogin(parameters)
  const path = returnTo === undefined ? undefined : readReturnTo(returnTo, appOrigin)
  return path === undefined ? finished : { ...finished, returnTo: path }
}

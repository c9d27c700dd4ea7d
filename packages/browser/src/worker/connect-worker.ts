import type { Clock, Milliseconds } from '@oauth-concierge/core'
import type { Diary } from '../events.ts'
import type { FromPage, Wire, WorkerClient } from './protocol.ts'

const longestStart: Milliseconds = 5_000

/** Where a worker's file is, and who is to be its client. */
export interface WorkerPlace {
  readonly url: string | URL
  readonly client: WorkerClient
}

/**
 * A wire to a worker that has answered: a shared one; else, where the browser has none or it does not start, a dedicated one. Undefined where
 * neither does, as when the file is not there or a Content Security Policy forbids it; `diary` says why.
 */
export async function connectWorker(
  place: WorkerPlace,
  { clock, diary }: { readonly clock: Clock; readonly diary: Diary },
): Promise<Wire | undefined> {
  for (const start of [startShared, startDedicated]) {
    try {
      const wire = await answered(start(place), place.client, clock)
      if (start === startDedicated) diary.note('degraded', { worker: 'dedicated', why: 'no shared worker' })
      return wire
    } catch (error) {
      const { name, message } = error as Error
      diary.note('degraded', { worker: 'none', why: `${name}: ${message}`.slice(0, 200) })
    }
  }
  return undefined
}

type Started = Wire & { readonly failed: Promise<never> }

/** It outlives the page for a while where the browser lets it, so that a page that is reloaded finds its session again. */
function startShared({ url, client }: WorkerPlace): Started {
  const name = `concierge ${client.clientId} ${client.issuer}`
  const options: WorkerOptions & { readonly extendedLifetime: boolean } = { name, extendedLifetime: true }
  const worker = new SharedWorker(trusted(url), options)
  return withFailure(worker.port, worker)
}

function startDedicated({ url }: WorkerPlace): Started {
  const worker = new Worker(trusted(url))
  return withFailure(worker, worker)
}

function withFailure(wire: Wire, worker: EventTarget): Started {
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      reject(new Error('its file does not load, or a Content Security Policy forbids it (worker-src)'))
    })
  })
  failed.catch(() => undefined)
  return Object.assign(wire, { failed })
}

/** The wire, once the worker has sent the state of its session. Whoever wants to see that opens the client once more. */
async function answered(wire: Started, client: WorkerClient, clock: Clock): Promise<Wire> {
  const over = new AbortController()
  const first = new Promise<Wire>((resolve) => wire.addEventListener('message', () => resolve(wire)))
  const late = clock.sleep(longestStart, over.signal).then(() => {
    throw new Error(`it did not answer within ${longestStart} ms`)
  })
  late.catch(() => undefined)
  wire.start?.()
  wire.postMessage({ open: client } satisfies FromPage)
  return Promise.race([first, late, wire.failed]).finally(() => over.abort())
}

interface ScriptPolicy {
  createScriptURL(url: string): string
}

interface PolicyFactory {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy
}

let policy: ScriptPolicy | undefined

/** Where a page demands Trusted Types, its policy must allow the name `concierge`. */
function trusted(url: string | URL): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory }
  policy ??= trustedTypes?.createPolicy('concierge', { createScriptURL: (url) => url })
  return policy?.createScriptURL(String(url)) ?? String(url)
}

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { overHttp } from '../../contract/bff/frameworks/over-http.ts'

/** What one process is told at its start. */
export interface ReplicaOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redisPath: string
  /** Seconds. */
  readonly reuseWindow: number
}

/** By how many seconds a process's clock is ahead. */
export interface ToReplica {
  readonly ahead: number
}

export type FromReplica = { readonly port: number } | ToReplica

/** The origin that browsers would see: a reverse proxy stands before the processes. */
export const replicaOrigin = 'https://app.example'

/** An answer of a process. */
export interface ReplicaAnswer {
  readonly status: number
  readonly location: string | undefined
  readonly cookies: readonly string[]
  readonly text: string
}

/** One process. */
export interface Replica {
  /** A request as a script of the page makes it, or with `navigate` one of the address bar. Rejects where the process is gone. */
  get(path: string, cookie: string, options?: { readonly navigate?: boolean }): Promise<ReplicaAnswer>
  /** A form that a server sends. */
  post(path: string, form: string): Promise<ReplicaAnswer>
  setAhead(seconds: number): Promise<void>
  /** Ends it at once, whatever it is doing. */
  kill(): Promise<void>
}

const program = fileURLToPath(new URL('bff-replica.ts', import.meta.url))

export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'],
  })
  const { port } = await hear(child, (message): message is { port: number } => 'port' in message)
  return {
    get: (path, cookie, { navigate = false } = {}) =>
      send(port, path, { headers: headersFor(cookie, navigate) }),
    post: (path, form) => send(port, path, { method: 'POST', headers: formHeaders, body: form }),
    setAhead: async (ahead) => {
      const heard = hear(child, (message): message is ToReplica => 'ahead' in message)
      child.send({ ahead } satisfies ToReplica)
      await heard
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function hear<Message extends FromReplica>(
  child: ChildProcess,
  isIt: (message: FromReplica) => message is Message,
): Promise<Message> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [FromReplica]
    if (isIt(message)) return message
  }
}

function headersFor(cookie: string, navigate: boolean): Record<string, string> {
  const site = { 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) }
  return navigate ? { ...site, 'sec-fetch-mode': 'navigate' } : { ...site, 'x-concierge': '1' }
}

const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }

async function send(port: number, path: string, init: RequestInit): Promise<ReplicaAnswer> {
  const response = await overHttp(port).fetch(new Request(`${replicaOrigin}${path}`, init))
  return {
    status: response.status,
    location: response.headers.get('location') ?? undefined,
    cookies: response.headers.getSetCookie().map((line) => line.split(';')[0] ?? ''),
    text: await response.text(),
  }
}

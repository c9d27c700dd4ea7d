import type { Http } from '../ports/http.ts'

/** A request as a test sees it. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

/** Answers one request; throwing stands for a network that fails. */
export type Script = (request: SeenRequest) => Response | Promise<Response>

/** A network made of answers by address. */
export interface ScriptedHttp {
  readonly http: Http
  /** Every request so far. */
  readonly requests: readonly SeenRequest[]
  /** Answers from now on what is asked of this origin and path; gives the script that it replaces. */
  on(address: string, script: Script): Script | undefined
}

/** A network in which nothing answers until it is told to. */
export function createScriptedHttp(): ScriptedHttp {
  const scripts = new Map<string, Script>()
  const requests: SeenRequest[] = []
  return {
    requests,
    on: (address, script) => {
      const before = scripts.get(address)
      scripts.set(address, script)
      return before
    },
    http: async (url, init) => {
      const request = new Request(url, init as RequestInit)
      const seen = { method: request.method, url, headers: request.headers, body: await request.text() }
      requests.push(seen)
      const script = scripts.get(url.replace(/[?#].*$/, ''))
      if (!script) throw new TypeError('fetch failed')
      return script(seen)
    },
  }
}

/** A JSON answer. */
export function json(body: unknown, init?: ResponseInit): Response {
  return Response.json(body, init)
}

import { request as httpRequest } from 'node:http'
import type { Bff } from '@oauth-concierge/bff'

/** A way to a server on this machine for requests of the application's origin, with every header as it is given: `fetch` would say some of them itself. */
export function overHttp(port: number): Pick<Bff, 'fetch'> {
  return {
    fetch: async (request) => {
      const { method, url, headers } = request
      const { host, pathname, search } = new URL(url)
      const body = Buffer.from(await request.arrayBuffer())
      return new Promise((resolve, reject) => {
        const sending = httpRequest(
          {
            host: '127.0.0.1',
            port,
            method,
            path: `${pathname}${search}`,
            headers: { ...Object.fromEntries(headers), host, 'content-length': body.length },
          },
          (answer) => {
            const parts: Buffer[] = []
            answer.on('data', (part: Buffer) => parts.push(part))
            answer.on('error', reject)
            answer.on('end', () => {
              const pairs = answer.rawHeaders.flatMap((name, at, all): [string, string][] =>
                at % 2 === 0 ? [[name, all[at + 1] ?? '']] : [],
              )
              resolve(new Response(Buffer.concat(parts), { status: answer.statusCode ?? 0, headers: pairs }))
            })
          },
        )
        sending.on('error', reject)
        sending.end(body)
      })
    },
  }
}

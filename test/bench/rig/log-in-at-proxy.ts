import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'

/** Goes through a login as a browser does, and gives the cookies that it ends with. */
export async function logInAtProxy(origin: string, path: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = new URL(path, origin)
  for (let step = 0; step < 10; step += 1) {
    const { headers } = await get(url, url.origin === origin ? headerOf(cookies) : '')
    for (const line of headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
      if (value) cookies.set(name, value)
      else cookies.delete(name)
    }
    const isDone = url.pathname.endsWith('/callback')
    if (!headers.location || isDone) break
    url = new URL(headers.location, url)
  }
  for (const name of cookies.keys()) if (/login|verification/.test(name)) cookies.delete(name)
  if (cookies.size === 0) throw new Error(`no login at ${origin}${path}`)
  return headerOf(cookies)
}

function headerOf(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

/** The global fetch would say of itself that it is no navigation. */
async function get(url: URL, cookie: string): Promise<IncomingMessage> {
  const sent = request(url, { headers: cookie ? { cookie } : {}, agent: false })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response
}

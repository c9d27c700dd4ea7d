/** What a process tells of an import, or of a thousand accounts at once. */
export type StartReport = { milliseconds: number; megabytes: number; stall: number; requests: number }

const [wanted = '', given = ''] = process.argv.slice(2)
process.send?.(wanted === 'import' ? await measureImport(given) : await measureStall(given))
process.disconnect()

async function measureImport(url: string): Promise<StartReport> {
  const before = process.memoryUsage().rss
  const start = performance.now()
  await import(url)
  const milliseconds = performance.now() - start
  return { milliseconds, megabytes: (process.memoryUsage().rss - before) / 1e6, stall: 0, requests: 0 }
}

async function measureStall(pem: string): Promise<StartReport> {
  const { createTokenCache, serviceAccount } = await import('@oauth-concierge/service-account/node')
  let requests = 0
  const http = async (): Promise<Response> => {
    requests += 1
    return Response.json({ access_token: `t${requests}`, token_type: 'Bearer', expires_in: 3600 })
  }
  const cache = createTokenCache()
  const make = (number: number) =>
    serviceAccount(
      { client_email: `a${number}@example.com`, private_key: pem, token_uri: 'https://id.example.com/token' },
      { cache, runtime: { http } },
    )
  await (await make(0)).getAccessToken()
  const accounts = await Promise.all(Array.from({ length: 1000 }, (_, number) => make(number + 1)))
  let stall = 0
  let last = threadCpu()
  let isOver = false
  const watch = (): void => {
    const now = threadCpu()
    stall = Math.max(stall, now - last)
    last = now
    if (!isOver) setImmediate(watch)
  }
  setImmediate(watch)
  await new Promise((resolve) => setImmediate(resolve))
  stall = 0
  const start = performance.now()
  await Promise.all(accounts.map((account) => account.getAccessToken()))
  isOver = true
  return { milliseconds: performance.now() - start, megabytes: 0, stall, requests: requests - 1 }
}

/** Milliseconds of processor time of this thread: how busy the rest of the machine is does not count. */
function threadCpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

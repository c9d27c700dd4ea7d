/**
 * Does what a script does that wants to overhear: it puts itself in the place of `fetch`, and of what messages are read with.
 * Gives everything that passed while `work` ran: requests, answers, messages of workers and of other tabs.
 */
export async function listenIn(work: () => Promise<unknown>): Promise<readonly unknown[]> {
  const heard: unknown[] = []
  const leave = [hearRequests(heard), hearMessages(heard)]
  try {
    await work()
  } finally {
    for (const restore of leave) restore()
  }
  return heard
}

function hearRequests(heard: unknown[]): () => void {
  const { fetch } = globalThis
  globalThis.fetch = async (input, init) => {
    const request = new Request(input instanceof Request ? input.clone() : input, { ...init, signal: null })
    heard.push(request.headers, await request.text())
    const response = await fetch(input, init)
    heard.push(await response.clone().text())
    return response
  }
  return () => void (globalThis.fetch = fetch)
}

function hearMessages(heard: unknown[]): () => void {
  const own = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data') as PropertyDescriptor
  Object.defineProperty(MessageEvent.prototype, 'data', {
    ...own,
    get(this: MessageEvent): unknown {
      const data: unknown = own.get?.call(this)
      heard.push(data)
      return data
    },
  })
  return () => void Object.defineProperty(MessageEvent.prototype, 'data', own)
}

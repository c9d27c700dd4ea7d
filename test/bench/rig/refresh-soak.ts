import { createRefreshingParty, createTokenEndpoint } from './refreshing-party.ts'

/** What a soak has to tell: the heap in use after each part, in MB. */
export type SoakReport = { megabytes: readonly number[]; perSecond: number }

// A process of its own, so that nothing else is on the heap.
const [refreshes = '0', parts = '1'] = process.argv.slice(2)
const { relyingParty, expire, tokenRequests } = await createRefreshingParty(createTokenEndpoint())

await refresh(2_000)
const megabytes = [heapInUse()]
const start = performance.now()
for (let part = 0; part < Number(parts); part += 1) {
  await refresh(Number(refreshes) / Number(parts))
  megabytes.push(heapInUse())
}
const seconds = (performance.now() - start) / 1000
if (tokenRequests() !== 1 + 2_000 + Number(refreshes)) throw new Error('not every call was a refresh')
process.send?.({ megabytes, perSecond: Number(refreshes) / seconds } satisfies SoakReport)

async function refresh(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    expire()
    await relyingParty.getAccessToken()
  }
}

function heapInUse(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1e6
}

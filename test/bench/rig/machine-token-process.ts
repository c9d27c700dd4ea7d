import { callFor, callsPerSecond } from '../call-for.ts'
import { loadMachineTokens } from './machine-tokens.ts'

/** What a process tells of its contestant. */
export type MachineTokenReport = {
  /** Nanoseconds of processor time a call: of one token, and of 10,000 by turns. */
  one: number
  many: number
  /** Of 10,000 concurrent calls without a token. */
  requests: number
  milliseconds: number
  /** Heap in use for each of 10,000 tokens beyond the token itself. */
  bytes: number
}

const entries = 10_000
const tokenBytes = 916

// One contestant in a process of its own, and for memory a process of its own again.
const [name = '', wanted = ''] = process.argv.slice(2)
const make = (await loadMachineTokens())[name] ?? missing
process.send?.(wanted === 'bytes' ? { bytes: await measureBytes() } : await measureCalls())
process.disconnect()

function missing(): never {
  throw new Error(`there is nothing called ${name}`)
}

async function measureCalls(): Promise<Omit<MachineTokenReport, 'bytes'>> {
  const cold = await make()
  const start = performance.now()
  await Promise.all(Array.from({ length: entries }, () => cold.get(0)))
  const milliseconds = performance.now() - start
  const one = await nanoseconds(() => cold.get(0))
  const warm = await make()
  for (let index = 0; index < entries; index += 1) await warm.get(index)
  let index = 0
  const many = await nanoseconds(() => warm.get((index = (index + 7_919) % entries)))
  return { one, many, requests: cold.requests(), milliseconds }
}

/** The best of several rounds. */
async function nanoseconds(call: () => Promise<unknown>): Promise<number> {
  let best = Infinity
  for (let round = 0; round < 12; round += 1) {
    const before = process.cpuUsage()
    const calls = await callFor(call, 100)
    const { user, system } = process.cpuUsage(before)
    if (callsPerSecond(calls) > 0) best = Math.min(best, ((user + system) * 1000) / calls.calls)
  }
  return best
}

async function measureBytes(): Promise<number> {
  const tokens = await make()
  await tokens.get(0)
  const before = heapUsed()
  for (let index = 1; index <= entries; index += 1) await tokens.get(index)
  const bytes = (heapUsed() - before) / entries - tokenBytes
  await tokens.get(1)
  return bytes
}

function heapUsed(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

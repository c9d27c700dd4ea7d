import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { promisify } from 'node:util'
import { median } from '../rounds.ts'

/** What came of asking the same for a while. */
export type Load = { requests: number; perSecond: number; p50: number; p99: number; failed: number }

/** What is asked, and for how long, in seconds. */
export type Asking = { url: string; headers: Record<string, string>; seconds: number; connections: number }

const wrk = ['/usr/bin/wrk', '/usr/local/bin/wrk'].find((path) => existsSync(path))

/** The program that asks. */
export const loadTool: string = wrk ? 'wrk' : 'a loop of our own'

/** Asks the same on a number of connections, with wrk where it is. */
export function load(asking: Asking): Promise<Load> {
  return wrk ? runWrk(wrk, asking) : runLoop(asking)
}

async function runWrk(program: string, { url, headers, seconds, connections }: Asking): Promise<Load> {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...given, url]
  const { stdout } = await promisify(execFile)(program, options)
  const find = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? '0'
  return {
    requests: Number(find(/(\d+) requests in/)),
    perSecond: Number(find(/Requests\/sec:\s+([\d.]+)/)),
    p50: milliseconds(find(/50%\s+(\S+)/)),
    p99: milliseconds(find(/99%\s+(\S+)/)),
    failed: Number(find(/Non-2xx or 3xx responses: (\d+)/)),
  }
}

function milliseconds(text: string): number {
  const [, value = '0', unit = 'ms'] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? []
  return Number(value) * { us: 0.001, ms: 1, s: 1_000 }[unit as 'us' | 'ms' | 's']
}

async function runLoop({ url, headers, seconds, connections }: Asking): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const until = performance.now() + seconds * 1000
  const times: number[] = []
  let failed = 0
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const before = performance.now()
      request(url, { headers, agent }, (response) => {
        if (response.statusCode !== 200) failed += 1
        response.resume().on('end', () => {
          times.push(performance.now() - before)
          resolve()
        })
      })
        .on('error', reject)
        .end()
    })
  const worker = async (): Promise<void> => {
    while (performance.now() < until) await ask()
  }
  await Promise.all(Array.from({ length: connections }, worker))
  agent.destroy()
  const sorted = [...times].sort((a, b) => a - b)
  return {
    requests: times.length,
    perSecond: times.length / seconds,
    p50: median(times),
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    failed,
  }
}

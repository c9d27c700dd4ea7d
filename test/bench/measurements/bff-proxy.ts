import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { startRedisServer } from '../../support/redis-server.ts'
import { findProgram } from '../../../tools/ensure-programs.ts'
import { createAuthorizationServer } from '../rig/authorization-server.ts'
import type { Told } from '../rig/bff-process.ts'
import { listen } from '../rig/listen.ts'
import { load, loadTool } from '../rig/load.ts'
import { logInAtProxy } from '../rig/log-in-at-proxy.ts'
import { bare, floorMemory, floorRedis, loadProxies } from '../rig/proxies.ts'
import { median, medianRatio } from '../rounds.ts'
import { integer, ratio, type Table } from '../table.ts'

const rounds = 5
const seconds = 2
const connections = 16

type Proxy = { name: string; child: ChildProcess; origin: string; cookie: string; samples: Sample[] }
type Sample = { perSecond: number; p50: number; p99: number; cpu: number }

/** What a BFF adds to a proxy: one process each for the proxy, the API and whoever asks. */
export async function bffProxy(): Promise<Table[]> {
  const hasRedis = findProgram('redis') !== undefined
  const redisServer = hasRedis ? await startRedisServer() : undefined
  await using authorizationServer = await listen(await createAuthorizationServer())
  const issuer = `http://127.0.0.1:${authorizationServer.port}`
  const upstream = fork(new URL('../rig/upstream-process.ts', import.meta.url))
  const [upstreamPort] = (await once(upstream, 'message')) as [number]
  const names = Object.keys(await loadProxies()).filter((name) => hasRedis || !name.includes('Redis'))
  const given = [String(upstreamPort), issuer, redisServer?.path ?? '']
  const proxies: Proxy[] = []
  try {
    for (const name of names) {
      const child = fork(new URL('../rig/bff-process.ts', import.meta.url), [name, ...given])
      const proxy = { name, child, origin: '', cookie: '', samples: [] }
      proxies.push(proxy)
      await logIn(proxy)
    }
    const calls = await runRounds(proxies, '/auth/api/orders/orders?page=1', proxies)
    const checks = proxies.filter(({ name }) => name.startsWith('ours'))
    return [proxyTable(calls, hasRedis), sessionTable(await runRounds(checks, '/auth/session', checks))]
  } finally {
    for (const { child } of proxies) child.kill()
    upstream.kill()
    await redisServer?.close()
  }
}

async function logIn(proxy: Proxy): Promise<void> {
  const { name, child } = proxy
  const [told] = (await once(child, 'message')) as [Told]
  if (!('port' in told)) throw new Error(`${name} did not start`)
  proxy.origin = `http://127.0.0.1:${told.port}`
  const path = name.startsWith('express') ? '/login' : '/auth/login'
  if (name !== bare) proxy.cookie = await logInAtProxy(proxy.origin, path)
}

/** Every proxy once a round; the first round only warms up. */
async function runRounds(
  proxies: readonly Proxy[],
  path: string,
  all: readonly Proxy[],
): Promise<readonly Proxy[]> {
  for (const proxy of all) proxy.samples = []
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % proxies.length
    for (const proxy of [...proxies.slice(first), ...proxies.slice(0, first)]) {
      const sample = await measure(proxy, path)
      if (round > 0) proxy.samples.push(sample)
    }
  }
  return proxies
}

async function measure({ name, child, origin, cookie }: Proxy, path: string): Promise<Sample> {
  const headers = { 'x-concierge': '1', ...(cookie && { cookie }) }
  const before = await cpuOf(child)
  const done = await load({ url: `${origin}${path}`, headers, seconds, connections })
  const cpu = ((await cpuOf(child)) - before) / done.requests
  if (done.failed > 0 || done.requests === 0) throw new Error(`${name} failed ${done.failed} times`)
  return { ...done, cpu }
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [told] = (await once(child, 'message')) as [Told]
  return 'microseconds' in told ? told.microseconds : Number.NaN
}

const best = (proxy: Proxy | undefined): number => Math.min(...(proxy?.samples ?? []).map(({ cpu }) => cpu))
const each = (proxy: Proxy | undefined, member: keyof Sample): number[] =>
  (proxy?.samples ?? []).map((sample) => sample[member])

function proxyTable(proxies: readonly Proxy[], hasRedis: boolean): Table {
  const named = (name: string) => proxies.find((proxy) => proxy.name === name)
  const floor = best(named(bare))
  return {
    title: `BFF: an API call through the proxy, ${connections} connections, ${rounds} rounds of ${seconds} s`,
    columns: [
      'proxy',
      'requests/s',
      '× bare',
      'p50 ms',
      'p99 ms',
      'added p50',
      'added p99',
      'CPU µs',
      'added CPU µs',
    ],
    rows: proxies.map((proxy) => [
      proxy.name,
      integer(median(each(proxy, 'perSecond'))),
      ratio(medianRatio(each(proxy, 'perSecond'), each(named(bare), 'perSecond'))),
      ratio(median(each(proxy, 'p50'))),
      ratio(median(each(proxy, 'p99'))),
      (median(each(proxy, 'p50')) - median(each(named(bare), 'p50'))).toFixed(1),
      (median(each(proxy, 'p99')) - median(each(named(bare), 'p99'))).toFixed(1),
      integer(best(proxy)),
      integer(best(proxy) - floor),
    ]),
    notes: [
      `Asked by ${loadTool}. CPU is the best round's, of the proxy's process alone.`,
      `Beside their floors, by requests/s: ours in memory ${against(named('ours, memory'), named(floorMemory))}` +
        (hasRedis ? `, in Redis ${against(named('ours, Redis'), named(floorRedis))}.` : '; no Redis here.'),
      cookieNote(proxies),
    ],
  }
}

function against(proxy: Proxy | undefined, floor: Proxy | undefined): string {
  return ratio(medianRatio(each(proxy, 'perSecond'), each(floor, 'perSecond')))
}

function cookieNote(proxies: readonly Proxy[]): string {
  const sizes = proxies
    .filter(({ cookie }) => cookie)
    .map(({ name, cookie }) => `${name} ${integer(cookie.length)}`)
  return `Bytes of the cookies of a session: ${sizes.join('; ')}.`
}

function sessionTable(proxies: readonly Proxy[]): Table {
  return {
    title: 'BFF: who am I (`/auth/session`)',
    columns: ['sessions', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs'],
    rows: proxies.map((proxy) => [
      proxy.name,
      integer(median(each(proxy, 'perSecond'))),
      ratio(median(each(proxy, 'p50'))),
      ratio(median(each(proxy, 'p99'))),
      integer(best(proxy)),
    ]),
  }
}

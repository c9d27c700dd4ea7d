import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { SoakReport } from '../rig/refresh-soak.ts'
import { createRefreshingParty, createTokenEndpoint } from '../rig/refreshing-party.ts'
import { median, medianRatio, sampleInRounds } from '../rounds.ts'
import { integer, ratio, type Table } from '../table.ts'

const refreshes = 100_000
const parts = 4
const callers = 10_000
const rounds = 15
const ours = '@oauth-concierge/core'
const floor = 'floor: a closure with one promise for all'

/** What refreshes keep in memory, and what a crowd of callers on one stale token costs. */
export async function refreshing(): Promise<Table[]> {
  return [await soakTable(), await stampedeTable()]
}

async function soakTable(): Promise<Table> {
  const script = new URL('../rig/refresh-soak.ts', import.meta.url)
  const execArgv = [...process.execArgv, '--expose-gc']
  const child = fork(script, [String(refreshes), String(parts)], { execArgv })
  child.on('exit', (code) => {
    if (code) throw new Error('the refreshes could not be measured')
  })
  const [{ megabytes, perSecond }] = (await once(child, 'message')) as [SoakReport]
  const kept = (((megabytes.at(-1) ?? 0) - (megabytes[0] ?? 0)) * 1e6) / refreshes
  return {
    title: `Heap in use after so many refreshes, MB`,
    columns: [
      'contestant',
      ...megabytes.map((_, part) => integer((refreshes / parts) * part)),
      'bytes kept a refresh',
      'refreshes/s',
    ],
    rows: [[ours, ...megabytes.map((value) => value.toFixed(2)), kept.toFixed(1), integer(perSecond)]],
    notes: [
      'One relying party in a process of its own, memory store, no socket, no ID token; 2,000 refreshes before these warm up.',
    ],
  }
}

async function stampedeTable(): Promise<Table> {
  const requests = new Map<string, number>()
  const contestants = [await party(requests), closure(requests)]
  const milliseconds = await sampleInRounds(contestants, rounds)
  const base = milliseconds.get(floor) ?? []
  return {
    title: `${integer(callers)} callers at once on an expired token, Node ${process.versions.node}`,
    columns: ['contestant', 'token requests', 'ms', '× floor'],
    rows: [...milliseconds].map(([name, samples]) => [
      name,
      integer(requests.get(name) ?? Number.NaN),
      median(samples).toFixed(1),
      ratio(medianRatio(samples, base)),
    ]),
    notes: ['The server thinks for 10 ms, without a socket: the rest is what the callers cost.'],
  }
}

const thinking = 10

async function party(requests: Map<string, number>) {
  const endpoint = createTokenEndpoint(thinking)
  const { relyingParty, expire } = await createRefreshingParty(endpoint)
  return {
    name: ours,
    sample: () => {
      expire()
      return crowd(() => relyingParty.getAccessToken(), ours, endpoint.requests, requests)
    },
  }
}

/** The least that can be done: send the form, read the answer, share the promise. */
function closure(requests: Map<string, number>) {
  const endpoint = createTokenEndpoint(thinking)
  let pending: Promise<string> | undefined
  const refresh = async (): Promise<string> => {
    const answer = await endpoint.http('https://id.example.com/token', { method: 'POST' })
    pending = undefined
    return ((await answer.json()) as { access_token: string }).access_token
  }
  const getAccessToken = async (): Promise<string> => (pending ??= refresh())
  return { name: floor, sample: () => crowd(getAccessToken, floor, endpoint.requests, requests) }
}

async function crowd(
  call: () => Promise<string>,
  name: string,
  tokenRequests: () => number,
  requests: Map<string, number>,
): Promise<number> {
  const before = tokenRequests()
  const start = performance.now()
  const tokens = await Promise.all(Array.from({ length: callers }, call))
  const elapsed = performance.now() - start
  if (new Set(tokens).size !== 1) throw new Error(`${name} gave several tokens`)
  requests.set(name, Math.max(requests.get(name) ?? 0, tokenRequests() - before))
  return elapsed
}

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { floor, loadTokenSources, ours } from '../rig/token-sources.ts'
import { sampleInRounds } from '../rounds.ts'
import type { Table } from '../table.ts'
import { tokenTable } from './token-table.ts'

const rounds = 15
const milliseconds = 50

/** Calls a second and bytes a call of a fresh token in Node. */
export async function getAccessTokenInNode(): Promise<Table[]> {
  const names = Object.keys(await loadTokenSources())
  const children = names.map((name) => ({ name, child: start(name) }))
  const contestants = children.map(({ name, child }) => ({ name, sample: () => ask(child, 'speed') }))
  const callsPerSecond = await sampleInRounds(contestants, rounds)
  const bytesPerCall = new Map<string, number>()
  for (const { name, child } of children) bytesPerCall.set(name, await ask(child, 'bytes'))
  for (const { child } of children) child.kill()
  const title = `Cached getAccessToken(), Node ${process.versions.node}`
  return [tokenTable({ title, ours, floor, callsPerSecond, bytesPerCall })]
}

function start(name: string): ChildProcess {
  const child = fork(new URL('../rig/token-process.ts', import.meta.url), [name, String(milliseconds)])
  return child.on('exit', (code) => {
    if (code) throw new Error(`${name} could not be measured`)
  })
}

async function ask(child: ChildProcess, wanted: 'speed' | 'bytes'): Promise<number> {
  child.send(wanted)
  const [answer] = (await once(child, 'message')) as [number]
  return answer
}

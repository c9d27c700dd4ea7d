import { median, medianRatio, type Samples } from '../rounds.ts'
import { integer, ratio, type Table } from '../table.ts'

/** The outcome of one way to measure `getAccessToken()`; `failures` says why a contestant is missing. */
export type TokenResults = {
  title: string
  ours: string
  floor: string
  callsPerSecond: Samples
  bytesPerCall: ReadonlyMap<string, number>
  failures?: ReadonlyMap<string, string>
  notes?: readonly string[]
}

const none: readonly number[] = []

/** Fastest first; ratios are medians of those of each round. */
export function tokenTable(results: TokenResults): Table {
  const { title, callsPerSecond, bytesPerCall, failures = new Map(), notes = [] } = results
  const ours = callsPerSecond.get(results.ours) ?? none
  const floor = callsPerSecond.get(results.floor) ?? none
  const measured = [...callsPerSecond].sort(([, a], [, b]) => median(b) - median(a))
  return {
    title,
    columns: ['contestant', 'calls/s', '× floor', '× ours', 'bytes/call'],
    rows: measured.map(([name, samples]) => [
      name,
      integer(median(samples)),
      ratio(medianRatio(samples, floor)),
      ratio(medianRatio(samples, ours)),
      integer(bytesPerCall.get(name) ?? Number.NaN),
    ]),
    notes: [...notes, ...[...failures].map(([name, reason]) => `Not measured: ${name} (${reason}).`)],
  }
}

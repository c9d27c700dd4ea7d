import type { FaultName } from '../faults.ts'
import type { Exchange, FaultTools, SeenRequest } from './exchange.ts'
import { faultEffects } from './fault-effects.ts'
import type { Armed } from './switchboard.ts'

/** Anything that answers requests. */
export type Answerer = (request: Request) => Promise<Response>

/** A fault that struck a request. */
export interface FaultStrike extends SeenRequest {
  readonly name: FaultName
  /** True where the server was not asked. */
  readonly instead: boolean
}

/** What lies behind the faults, and who hears of them. */
export interface Battery {
  readonly tools: FaultTools
  readonly send: Answerer
  readonly onStrike: ((strike: FaultStrike) => void) | undefined
}

/** Lets the faults strike a request one after the other: each asks the next, the last one the server. */
export function strike(
  battery: Battery,
  seen: SeenRequest,
  [fault, ...others]: readonly Armed[],
): Promise<Response> {
  if (!fault) return battery.send(seen.request)
  const { name, options, released } = fault
  const exchange: Exchange = {
    ...seen,
    options,
    tools: battery.tools,
    released,
    forward: (request = seen.request) => strike(battery, { ...seen, request }, others),
    take(how) {
      const isStruck = fault.take()
      if (isStruck) battery.onStrike?.({ ...seen, name, instead: how === 'instead' })
      return isStruck
    },
  }
  return faultEffects[name](exchange)
}

import { faultCatalogue, type FaultEntry, type FaultName } from '../faults.ts'
import { nearestFirst } from '../nearest-first.ts'
import { type FaultOptions, fitsOptions, fitsPlace, type SeenRequest } from './exchange.ts'

/** A fault that is switched on. */
export interface ArmedFault {
  readonly name: FaultName
  readonly options: FaultOptions
  /** How often it still strikes; infinite where it is on for good. */
  readonly remaining: number
}

/** Switches faults on and off. */
export interface Faults {
  /** The name of every fault there is. */
  readonly names: readonly FaultName[]
  /**
   * Switches a fault on: for one request, unless `times` or `forGood` says otherwise. Faults that fit the same
   * request strike it together; of those that answer in the server's place, the earlier one comes first.
   *
   * @throws TypeError when there is no such fault, or the options do not go with it
   */
  on(name: FaultName, options?: FaultOptions): void
  /**
   * Switches a fault off, or all of them. What it held back goes on.
   *
   * @throws TypeError when there is no such fault
   */
  off(name?: FaultName): void
  /** The faults that are on, those switched on first at the front. */
  list(): readonly ArmedFault[]
}

/** An armed fault as the layer uses it. */
export interface Armed {
  readonly name: FaultName
  readonly options: FaultOptions
  readonly fits: (seen: SeenRequest) => boolean
  /** Uses it up once; false where nothing is left. */
  readonly take: () => boolean
  /** Resolves when it is switched off. */
  readonly released: () => Promise<void>
}

/** The switches, and what the layer needs of them. */
export interface Switchboard {
  readonly faults: Faults
  /** The faults that may strike this request. */
  fitting(seen: SeenRequest): readonly Armed[]
  isIdle(): boolean
}

const names = faultCatalogue.map(({ name }) => name)

/**
 * The catalogue's entry of that name.
 *
 * @throws TypeError naming those there are, the most similar first
 */
export function findFault(name: string): FaultEntry {
  const entry = faultCatalogue.find((candidate) => candidate.name === name)
  if (entry) return entry
  const [nearest, ...others] = nearestFirst(name, names)
  throw new TypeError(
    `there is no fault "${name}"; did you mean "${nearest}"? The others are: ${others.join(', ')}`,
  )
}

const namesNoClient: ReadonlySet<string> = new Set(['discovery', 'jwks', 'userinfo', 'resource'])

function checkOptions({ name, place }: FaultEntry, options: FaultOptions): void {
  const { times, forGood, clientId, endpoint } = options
  const refuse = (why: string): never => {
    throw new TypeError(`fault ${name}: ${why}`)
  }
  if (times !== undefined && (!Number.isInteger(times) || times < 1)) {
    refuse(`times must be a whole number from 1 on, not ${times}`)
  }
  if (times !== undefined && forGood) refuse('times and forGood exclude each other')
  if (endpoint !== undefined && place !== 'any')
    refuse(`it strikes ${place} requests; endpoint cannot change that`)
  if (clientId !== undefined && namesNoClient.has(endpoint ?? place)) {
    refuse(`${endpoint ?? place} requests name no client`)
  }
}

/** One fault that is on. What it holds back it forgets once that goes on. */
class ArmedEntry implements Armed {
  readonly entry: FaultEntry
  readonly options: FaultOptions
  readonly #released: Promise<void>
  #release: () => void = () => undefined
  remaining: number

  constructor(entry: FaultEntry, options: FaultOptions) {
    this.entry = entry
    this.options = options
    this.#released = new Promise((resolve) => (this.#release = resolve))
    this.remaining = options.forGood ? Number.POSITIVE_INFINITY : (options.times ?? 1)
  }

  get name(): FaultName {
    return this.entry.name
  }

  fits = (seen: SeenRequest): boolean =>
    this.remaining > 0 &&
    fitsPlace(this.entry.place, this.options, seen) &&
    fitsOptions(this.entry.place, this.options, seen)

  take = (): boolean => {
    if (this.remaining <= 0) return false
    this.remaining -= 1
    return true
  }

  released = (): Promise<void> => this.#released

  switchOff(): void {
    this.remaining = 0
    this.#release()
  }
}

/** Switches with every fault off. */
export function createSwitchboard(): Switchboard {
  let armed: ArmedEntry[] = []
  /** Used up, but perhaps still holding something back. */
  let spent: ArmedEntry[] = []
  const tidy = () => {
    spent = [...spent, ...armed.filter(({ remaining }) => remaining <= 0)].slice(-100)
    armed = armed.filter(({ remaining }) => remaining > 0)
  }
  const faults: Faults = {
    names,
    on(name, options = {}) {
      const entry = findFault(name)
      checkOptions(entry, options)
      tidy()
      armed.push(new ArmedEntry(entry, options))
    },
    off(name) {
      if (name !== undefined) findFault(name)
      for (const fault of [...armed, ...spent]) {
        if (name === undefined || fault.name === name) fault.switchOff()
      }
      tidy()
      spent = spent.filter((fault) => name !== undefined && fault.name !== name)
    },
    list: () =>
      armed
        .filter(({ remaining }) => remaining > 0)
        .map(({ name, options, remaining }) => ({ name, options, remaining })),
  }
  return {
    faults,
    fitting: (seen) => armed.filter((fault) => fault.fits(seen)),
    isIdle: () => armed.every(({ remaining }) => remaining <= 0),
  }
}

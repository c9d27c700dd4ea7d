import type { Dialect } from '../context.ts'
import { nearestFirst } from '../nearest-first.ts'
import type { DialectName, ReferenceServerOptions } from '../options.ts'
import type { ServerClock } from '../state/clock.ts'
import { standard } from './standard.ts'

/** Builds the dialect of one server. */
export type CreateDialect = (options: ReferenceServerOptions, clock: ServerClock) => Dialect

/** Every dialect, by its name. */
export const dialects: Readonly<Partial<Record<DialectName, CreateDialect>>> = {
  standard: () => standard,
}

/** The names of the dialects there are. */
export const dialectNames: readonly string[] = Object.keys(dialects)

/**
 * The dialect with this name.
 *
 * @throws TypeError naming those there are, the most similar first
 */
export function dialectNamed(name: string): CreateDialect {
  const create = Object.entries(dialects).find(([key]) => key === name)?.[1]
  if (create) return create
  throw new TypeError(
    `there is no dialect "${name}"; there are: ${nearestFirst(name, dialectNames).join(', ')}`,
  )
}

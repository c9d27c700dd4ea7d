import type { Dialect } from '../context.ts'
import { nearestFirst } from '../nearest-first.ts'
import type { DialectName } from '../options.ts'
import { standard } from './standard.ts'

/** Every dialect there is, by name. */
export const dialects: Readonly<Partial<Record<DialectName, Dialect>>> = { standard }

/** The names of the dialects there are. */
export const dialectNames: readonly string[] = Object.keys(dialects)

/**
 * The dialect of that name.
 *
 * @throws TypeError naming those there are, the most similar first
 */
export function findDialect(name: string): Dialect {
  const dialect = Object.entries(dialects).find(([key]) => key === name)?.[1]
  if (dialect) return dialect
  throw new TypeError(
    `there is no dialect "${name}"; there are: ${nearestFirst(name, dialectNames).join(', ')}`,
  )
}

import type { Dialect } from '../context.ts'
import { nearestFirst } from '../nearest-first.ts'
import type { DialectName, ReferenceServerOptions } from '../options.ts'
import type { ServerClock } from '../state/clock.ts'
import { createAuth0 } from './auth0.ts'
import { createAuthn } from './authn.ts'
import { createGluu } from './gluu.ts'
import { createPassport } from './passport.ts'
import { standard } from './standard.ts'

/** Builds the dialect of one server. */
export type CreateDialect = (options: ReferenceServerOptions, clock: ServerClock) => Dialect

/** Every dialect, by its name. */
export const dialects: Readonly<Record<DialectName, CreateDialect>> = {
  standard: () => standard,
  passport: createPassport,
  authn: createAuthn,
  gluu: createGluu,
  auth0: createAuth0,
}

/** The names of the dialects there are. */
export const dialectNames: readonly string[] = Object.keys(dialects)

const isDialectName = (name: string): name is DialectName => Object.hasOwn(dialects, name)

/**
 * The dialect with this name.
 *
 * @throws TypeError naming those there are, the most similar first
 */
export function dialectNamed(name: string): CreateDialect {
  if (isDialectName(name)) return dialects[name]
  throw new TypeError(
    `there is no dialect "${name}"; there are: ${nearestFirst(name, dialectNames).join(', ')}`,
  )
}

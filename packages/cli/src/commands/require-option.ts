import { wrongUsage } from '../command.ts'

/** @throws UsageError `invalid_configuration` that names the option */
export function requireOption(value: string | undefined, name: string): string {
  if (value) return value
  throw wrongUsage(`--${name} is missing.`)
}

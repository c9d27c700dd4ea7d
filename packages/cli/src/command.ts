import { parseArgs } from 'node:util'
import { UsageError } from '@oauth-concierge/core'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** One option, as it is read and as `--help` shows it. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  readonly short?: string
  /** What stands for its value in the help, such as `<url>`. */
  readonly value?: string
  readonly help: string
}

/** Options by name. */
export type OptionTable = Readonly<Record<string, OptionSpec>>

/** What was given for the options of a table. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: Table[Name]['type'] extends 'boolean'
    ? boolean
    : Table[Name]['multiple'] extends true
      ? readonly string[]
      : string
}

/** What `--help` says of a command. */
export interface CommandHelp {
  /** As it is typed after `concierge`. */
  readonly name: string
  readonly summary: string
  /** What follows the name. */
  readonly usage: string
  readonly options: OptionTable
  readonly notes?: readonly string[]
  readonly examples: readonly string[]
}

/** One command. */
export interface Command extends CommandHelp {
  /** Prints the help. Default: what `CommandHelp` says. */
  readonly help?: (terminal: Terminal) => Promise<void>
  run(argv: readonly string[], terminal: Terminal): Promise<ExitCode>
}

/** What a command works with. */
export interface CommandInput<Table extends OptionTable> {
  readonly values: OptionValues<Table> & { readonly json?: boolean }
  readonly positionals: readonly string[]
  readonly terminal: Terminal
}

interface CommandDefinition<Table extends OptionTable> extends CommandHelp {
  readonly options: Table
  /** How many arguments beside options it takes. Default 0. */
  readonly positionals?: number
  run(input: CommandInput<Table>): Promise<ExitCode | void>
}

/** Every command has these. */
const commonOptions = {
  json: { type: 'boolean', help: 'Prints the result, and errors, as JSON' },
  help: { type: 'boolean', short: 'h', help: 'Prints this, and ends' },
} as const satisfies OptionTable

/** Makes a command whose options are read strictly. */
export function defineCommand<const Table extends OptionTable>(
  definition: CommandDefinition<Table>,
): Command {
  const options = { ...definition.options, ...commonOptions }
  return {
    ...definition,
    options,
    run: async (argv, terminal) => {
      const { values, positionals } = readOptions(argv, options)
      if (positionals.length > (definition.positionals ?? 0))
        throw wrongUsage('There is an argument too many.')
      const input = { values, positionals, terminal } as unknown as CommandInput<Table>
      return (await definition.run(input)) ?? exitCodes.done
    },
  }
}

/** Says how the command is to be used. */
export function wrongUsage(message: string): UsageError {
  return new UsageError('invalid_configuration', message)
}

/** What was read may be a secret in the wrong place, so no message repeats it. */
function readOptions(argv: readonly string[], options: OptionTable): ReturnType<typeof parseArgs> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true })
  } catch (error) {
    throw wrongUsage(problemOf(error, argv, options))
  }
}

function problemOf(error: unknown, argv: readonly string[], options: OptionTable): string {
  const { code } = error as { readonly code?: unknown }
  const given = argv
    .filter((word) => word.startsWith('--'))
    .map((word) => word.slice(2).split('=', 1)[0] ?? '')
  const unknown = given.find((name) => !Object.hasOwn(options, name))
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    return unknown === undefined ? 'There is no such short option.' : `There is no option --${unknown}.`
  }
  const unfit = given.find((name) => !isGivenRightly(name, argv, options))
  return unfit === undefined ? 'The options cannot be read.' : describeUnfit(unfit, options)
}

function isGivenRightly(name: string, argv: readonly string[], options: OptionTable): boolean {
  const at = argv.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  const hasValue = argv[at]?.includes('=') ?? false
  if (options[name]?.type === 'boolean') return !hasValue
  const next = argv[at + 1]
  return hasValue || (next !== undefined && !/^-./.test(next))
}

function describeUnfit(name: string, options: OptionTable): string {
  const spec = options[name]
  return spec?.type === 'boolean'
    ? `--${name} takes no value.`
    : `--${name} needs a value: --${name} ${spec?.value ?? '<value>'}, or --${name}=${spec?.value ?? '<value>'}.`
}

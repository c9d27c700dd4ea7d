import type { CommandHelp, OptionSpec } from './command.ts'

/** What `concierge --help` prints. */
export function overview(commands: readonly CommandHelp[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const)
  return `Tokens, keys and a test server at the command line.

Usage: concierge <command> [options]

${table(rows)}

concierge <command> --help shows the options of a command, with examples.

Exit codes
${table(exitCodeRows)}

NO_COLOR switches colours off; there are none where the output goes into a pipe or a file.
`
}

/** What `concierge <command> --help` prints. */
export function commandHelp({ name, summary, usage, options, notes = [], examples }: CommandHelp): string {
  const rows = Object.entries(options).map(([option, spec]) => [optionText(option, spec), spec.help] as const)
  const sections = [
    `${summary}.`,
    `Usage: concierge ${name} ${usage}`.trimEnd(),
    `Options\n${table(rows)}`,
    ...notes,
    `Examples\n${examples.map((example) => `  ${example}`).join('\n')}`,
  ]
  return `${sections.join('\n\n')}\n`
}

const exitCodeRows = [
  ['0', 'done'],
  ['1', 'refused: the server said no, an answer or token is not what it must be, or a check failed'],
  ['2', 'the command was not used as it wants to be'],
  ['3', 'credentials, a key or a file cannot be read, written or used'],
  ['4', 'nobody could be reached, or the server is busy: the same may succeed later'],
  ['5', 'a person has to log in'],
  ['70', 'a fault in concierge itself'],
  ['130', 'interrupted'],
] as const

function optionText(name: string, { short, value, type }: OptionSpec): string {
  const names = short ? `-${short}, --${name}` : `--${name}`
  return type === 'boolean' ? names : `${names} ${value ?? '<value>'}`
}

/** Two columns. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`.trimEnd()).join('\n')
}

import { type Command, wrongUsage } from './command.ts'
import { commands } from './commands/commands.ts'
import { reportError } from './errors/report-error.ts'
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts'
import { commandHelp, overview } from './help.ts'
import type { Terminal } from './terminal.ts'
import { readVersion } from './version.ts'

/**
 * Runs the command line `concierge …` and gives its exit code. Never rejects: what goes wrong is told on standard error.
 * @param argv what stands after `concierge`
 */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const found = findCommand(argv)
  try {
    if (found) return await runCommand(found, terminal)
    return showOverview(argv, terminal)
  } catch (error) {
    if (terminal.interrupted.aborted) return exitCodes.interrupted
    reportError(error, { asJson: argv.includes('--json'), command: found?.command.name }, terminal)
    return exitCodeOf(error)
  }
}

interface FoundCommand {
  readonly command: Command
  readonly rest: readonly string[]
}

function findCommand(argv: readonly string[]): FoundCommand | undefined {
  const command = commands.find(({ name }) => name.split(' ').every((word, at) => argv[at] === word))
  return command && { command, rest: argv.slice(command.name.split(' ').length) }
}

async function runCommand({ command, rest }: FoundCommand, terminal: Terminal): Promise<ExitCode> {
  if (!wantsHelp(rest)) return command.run(rest, terminal)
  if (command.help) await command.help(terminal)
  else terminal.write(commandHelp(command))
  return exitCodes.done
}

function showOverview(argv: readonly string[], { write }: Terminal): ExitCode {
  const [word] = argv
  if (word === '--version') write(`${readVersion()}\n`)
  else if (word === undefined || word === 'help' || wantsHelp([word])) write(overview(commands))
  else
    throw wrongUsage(`There is no such command. There are: ${commands.map(({ name }) => name).join(', ')}.`)
  return word === undefined ? exitCodes.usage : exitCodes.done
}

function wantsHelp(argv: readonly string[]): boolean {
  return argv.includes('--help') || argv.includes('-h')
}

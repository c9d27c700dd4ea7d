import { faultCatalogue } from '../faults.ts'
import { createTestServer, type TestServer } from '../node/create-test-server.ts'
import { help } from './help.ts'
import { offerAsJson, offerAsText } from './offer.ts'
import { type Arguments, readArguments } from './read-arguments.ts'
import { UsageError } from './usage-error.ts'

/** What surrounds the command. */
export interface Terminal {
  /** What the command is called. Default: `oauth-reference-server`. */
  readonly name?: string
  readonly write: (text: string) => void
  readonly writeError: (text: string) => void
  /** Resolves when the server is to end. */
  readonly stopped: Promise<void>
}

function listFaults(asJson: boolean): string {
  if (asJson) return `${JSON.stringify(faultCatalogue)}\n`
  const width = Math.max(...faultCatalogue.map(({ name }) => name.length))
  return faultCatalogue.map(({ name, description }) => `${name.padEnd(width)}  ${description}\n`).join('')
}

async function start({ server: options, faults }: Arguments): Promise<TestServer> {
  const server = await createTestServer(options)
  try {
    for (const fault of faults) server.faults.on(fault.name, fault.options)
    return server
  } catch (error) {
    await server.close()
    throw error
  }
}

async function serve(args: Arguments, { write, stopped }: Terminal): Promise<void> {
  await using server = await start(args)
  write(args.json ? offerAsJson(server) : offerAsText(server))
  await stopped
}

/**
 * Runs the command until it is ended, and gives its exit code: 0 when it was ended, 1 when the server could not
 * start, 2 when the options are wrong.
 */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { name = 'oauth-reference-server' } = terminal
  try {
    const args = readArguments(argv)
    if (args.action === 'help') terminal.write(help(name))
    else if (args.action === 'list-faults') terminal.write(listFaults(args.json))
    else await serve(args, terminal)
    return 0
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof TypeError
    const hint = isUsage ? `\n${name} --help shows the options.` : ''
    terminal.writeError(`${name}: ${error instanceof Error ? error.message : String(error)}${hint}\n`)
    return isUsage ? 2 : 1
  }
}

import type { Command } from '../command.ts'
import type { ExitCode } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** `concierge serve`: the reference server on a port. Its options, its help and its words are the reference server's own. */
export const serve: Command = {
  name: 'serve',
  summary: 'Serves an authorization server for tests, in one of several dialects',
  usage: '[options]',
  options: {},
  examples: [],
  help: async (terminal) => void (await run(['--help'], terminal)),
  run,
}

/** The server is loaded here only: no other command waits for it. */
async function run(argv: readonly string[], { write, writeError, interrupted }: Terminal): Promise<ExitCode> {
  const { runServerCommand } = await import('@oauth-concierge/reference-server/node')
  const stopped = new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve()
    interrupted.addEventListener('abort', () => resolve())
  })
  const code = await runServerCommand(argv, { name: 'concierge serve', write, writeError, stopped })
  return code as ExitCode
}

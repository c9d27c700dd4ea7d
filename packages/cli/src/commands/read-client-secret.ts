import { wrongUsage } from '../command.ts'
import type { Terminal } from '../terminal.ts'

/** Where a client secret may stand. */
export const clientSecretVariable = 'CONCIERGE_CLIENT_SECRET'

/**
 * A client's secret, from standard input or the environment. Never from the command line: every user of the machine can read that, and the
 * shell keeps it.
 * @param option what was given for `--client-secret`: nothing, or `-`
 * @throws UsageError `invalid_configuration`
 */
export async function readClientSecret(
  option: string | undefined,
  { env, readInput }: Terminal,
): Promise<string | undefined> {
  if (option === undefined) return env[clientSecretVariable] || undefined
  if (option !== '-')
    throw wrongUsage(
      `--client-secret takes "-" only and then reads standard input; or set ${clientSecretVariable}. What stands on a command line is seen by others: change that secret.`,
    )
  const secret = (await readInput()).replace(/\r?\n$/, '')
  if (secret) return secret
  throw wrongUsage('--client-secret -: there is nothing on standard input.')
}

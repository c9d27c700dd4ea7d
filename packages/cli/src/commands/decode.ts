import { ConciergeError, completeRuntime } from '@oauth-concierge/core'
import { type Command, defineCommand, type OptionTable, type OptionValues, wrongUsage } from '../command.ts'
import { readJwt } from '../decode/read-jwt.ts'
import { jwtAsJson, type ShownJwt, showJwt } from '../decode/show-jwt.ts'
import { checkKeySet, fetchKeys, type Verifier, verifyJwt } from '../decode/verify-jwt.ts'
import { readJsonFile } from '../read-file.ts'
import { createStyle } from '../style.ts'
import type { Terminal } from '../terminal.ts'

const options = {
  verify: {
    type: 'boolean',
    help: 'Verifies the signature and the times, and fails where they are not right',
  },
  issuer: {
    type: 'string',
    value: '<url>',
    help: 'Whose keys verify it, by its metadata; iss has to be this',
  },
  jwks: {
    type: 'string',
    value: '<file>',
    help: 'A key set that verifies it, in place of --issuer or beside it',
  },
} as const satisfies OptionTable

/** `concierge decode`: what stands in a JWT, and what is unusual about it. */
export const decode: Command = defineCommand({
  name: 'decode',
  summary: 'Shows what stands in a JWT, and what is unusual about it',
  usage: '[<jwt> | -] [options]',
  options,
  positionals: 1,
  notes: [
    `Without an argument, or with "-", the JWT is read from standard input. That is the better way: an argument stays in
the history of the shell, and others on the machine can see it while the command runs.`,
    'Nothing is verified unless --verify is given, and the output says so.',
  ],
  examples: [
    'pbpaste | concierge decode',
    'concierge token --key-file sa.json | concierge decode -',
    'concierge decode - --verify --issuer https://id.example.com < token.txt',
    'concierge decode - --verify --jwks keys.json --json < token.txt',
  ],
  run: async ({ values, positionals, terminal }) => {
    if (!values.verify && (values.issuer !== undefined || values.jwks !== undefined))
      throw wrongUsage('--issuer and --jwks say how to verify: add --verify.')
    const jwt = readJwt(await readToken(positionals, terminal))
    const now = completeRuntime(terminal.runtime).clock.wallTime() / 1000
    const show = (signature: ShownJwt['signature']): void => {
      const shown = { jwt, signature, now }
      terminal.write(values.json ? jwtAsJson(shown) : showJwt(shown, createStyle(terminal.colours.output)))
    }
    if (!values.verify) return show('not_verified')
    const verifier = await verifierOf(values, terminal)
    try {
      await verifyJwt(jwt, verifier, now)
    } catch (error) {
      if (error instanceof ConciergeError) show('refused')
      throw error
    }
    show('verified')
  },
})

async function readToken([given = '-']: readonly string[], terminal: Terminal): Promise<string> {
  if (given !== '-') return given
  if (terminal.isInteractive)
    terminal.writeError('Paste the JWT, then press Enter and Ctrl-D (it stays out of the history).\n')
  return terminal.readInput()
}

async function verifierOf(
  { issuer, jwks }: OptionValues<typeof options>,
  { runtime }: Terminal,
): Promise<Verifier> {
  if (jwks !== undefined) return { keys: checkKeySet(await readJsonFile(jwks), jwks), issuer }
  if (issuer !== undefined) return { keys: await fetchKeys(issuer, runtime), issuer }
  throw wrongUsage('--verify needs to know whose keys: --issuer <url> or --jwks <file>.')
}

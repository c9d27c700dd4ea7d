import type { AccessToken } from '@oauth-concierge/service-account'
import { type Command, defineCommand, type OptionTable, wrongUsage } from '../command.ts'
import { isoTime } from '../decode/times.ts'
import { printableJson } from '../printable.ts'
import { clientSecretVariable } from './read-client-secret.ts'
import { passphraseVariable, tokenSourceOf } from './token-source-of.ts'

const options = {
  'key-file': {
    type: 'string',
    value: '<file>',
    help: 'Credentials: a service account as JSON, a JWK, or a private key as PEM',
  },
  env: { type: 'string', value: '<name>', help: 'The same in an environment variable, or a path in it' },
  issuer: {
    type: 'string',
    value: '<url>',
    help: 'The authorization server; needed where the credentials name none',
  },
  'token-endpoint': {
    type: 'string',
    value: '<url>',
    help: 'In place of --issuer, for a server without metadata',
  },
  'client-id': { type: 'string', value: '<id>', help: 'The client; needed where the credentials name none' },
  'client-secret': {
    type: 'string',
    value: '-',
    help: `Reads the secret from standard input (or set ${clientSecretVariable})`,
  },
  grant: {
    type: 'string',
    value: '<grant>',
    help: 'What a key does: jwt-bearer (a service account, the default) or client-credentials',
  },
  store: { type: 'string', value: '<folder>', help: 'Takes the login that "concierge login" stored there' },
  scope: { type: 'string', value: '<scope>', help: 'Space-delimited' },
  audience: {
    type: 'string',
    value: '<name>',
    help: 'Where the token will be used, by its name at the server',
  },
  resource: {
    type: 'string',
    multiple: true,
    value: '<url>',
    help: 'Where the token will be used, by its address; repeatable',
  },
  subject: {
    type: 'string',
    value: '<user>',
    help: 'The user to act for, where the server lets the account do so',
  },
  'key-id': { type: 'string', value: '<kid>', help: 'Name of the key, where the credentials have none' },
  header: { type: 'boolean', help: 'Prints the whole header line: Authorization: Bearer …' },
} as const satisfies OptionTable

/** `concierge token`: an access token for a machine, or for a user who is logged in. */
export const token: Command = defineCommand({
  name: 'token',
  summary: 'Gets an access token and prints it',
  usage: '(--key-file <file> | --env <name> | --client-id <id>) [options]',
  options,
  notes: [
    `By the key of a service account (--key-file, --env), by a client's secret (${clientSecretVariable}, or --client-secret -),
by a client's key (--key-file with --grant client-credentials), or by a stored login (--store).
No secret is taken from the command line. ${passphraseVariable} opens an encrypted key.`,
  ],
  examples: [
    'concierge token --key-file sa.json --scope orders.read',
    'concierge token --env SERVICE_ACCOUNT --audience https://api.example.com --json',
    'curl -H "$(concierge token --key-file sa.json --header)" https://api.example.com/orders',
    `${clientSecretVariable}=… concierge token --issuer https://id.example.com --client-id robot`,
    'pass show robot | concierge token --issuer https://id.example.com --client-id robot --client-secret -',
    'concierge token --issuer https://id.example.com --client-id cli --store ~/.config/cli/tokens',
  ],
  run: async ({ values, terminal }) => {
    if (values.header && values.json) throw wrongUsage('--header and --json exclude each other.')
    const source = await tokenSourceOf(values, terminal)
    const got = await source.getToken({ signal: terminal.interrupted })
    if (values.json)
      terminal.write(`${printableJson(describeToken(got, terminal.runtime?.clock?.wallTime()))}\n`)
    else if (values.header) terminal.write(`Authorization: ${schemeOf(got)} ${got.accessToken}\n`)
    else terminal.write(`${got.accessToken}\n`)
  },
})

const schemeOf = ({ tokenType }: AccessToken): string => (tokenType === 'dpop' ? 'DPoP' : 'Bearer')

/** Under the names that the wire has. A token without a known end has neither `expires_in` nor `expires_at`. */
export function describeToken(
  token: AccessToken,
  now: number = Date.now(),
): Readonly<Record<string, unknown>> {
  const { accessToken, expiresAt, scope } = token
  return {
    access_token: accessToken,
    token_type: schemeOf(token),
    ...(Number.isFinite(expiresAt) && {
      expires_in: Math.max(0, Math.floor(expiresAt - now / 1000)),
      expires_at: isoTime(expiresAt),
    }),
    scope,
  }
}

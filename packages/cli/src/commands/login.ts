import {
  deviceLogin,
  type DevicePrompt,
  fileTokenStore,
  loopbackLogin,
  openBrowser,
  type UserLogin,
} from '@oauth-concierge/service-account/node'
import { type Command, defineCommand, type OptionTable, type OptionValues, wrongUsage } from '../command.ts'
import { printable, printableJson } from '../printable.ts'
import type { Terminal } from '../terminal.ts'
import { requireOption } from './require-option.ts'
import { describeToken } from './token.ts'

const options = {
  issuer: { type: 'string', value: '<url>', help: 'The authorization server' },
  'client-id': { type: 'string', value: '<id>', help: 'The client, a public one' },
  device: { type: 'boolean', help: 'By a code that is typed in on another device' },
  'no-browser': { type: 'boolean', help: 'Prints the address and opens no browser' },
  scope: { type: 'string', value: '<scope>', help: 'Default: openid profile offline_access' },
  store: { type: 'string', value: '<folder>', help: 'Keeps the tokens there, for the owner only (0600)' },
  show: { type: 'boolean', help: 'Prints the access token' },
} as const satisfies OptionTable

type Values = OptionValues<typeof options>

/** `concierge login`: a person logs in, by the browser of this machine or on another device. */
export const login: Command = defineCommand({
  name: 'login',
  summary: 'Logs a person in, by the browser of this machine or on another device',
  usage: '--issuer <url> --client-id <id> [options]',
  options,
  notes: [
    'Without --device the browser comes back to a port of this machine: register http://127.0.0.1/callback for any port.\nTokens are printed with --show only, and kept with --store only; "concierge token --store" then gives fresh ones.',
  ],
  examples: [
    'concierge login --issuer https://id.example.com --client-id cli --store ~/.config/cli/tokens',
    'concierge login --issuer https://id.example.com --client-id cli --device',
    'concierge login --issuer https://id.example.com --client-id cli --show --json | jq -r .access_token',
  ],
  run: async ({ values, terminal }) => {
    const source = loginBy(values, terminal)
    await source.login({ signal: terminal.interrupted })
    const described = await describeLogin(source, values, terminal)
    terminal.write(values.json ? `${printableJson(described)}\n` : loginText(described))
    if (!values.store && !values.show)
      terminal.writeError(
        'The tokens were not kept. --store <folder> keeps them, --show prints the access token.\n',
      )
  },
})

function loginBy(values: Values, { runtime, writeError }: Terminal): UserLogin {
  if (values.device && values['no-browser']) throw wrongUsage('--device needs no --no-browser.')
  const common = {
    issuer: requireOption(values.issuer, 'issuer'),
    clientId: requireOption(values['client-id'], 'client-id'),
    ...(values.scope !== undefined && { scope: values.scope }),
    ...(values.store !== undefined && { store: fileTokenStore(values.store) }),
    ...(runtime && { runtime }),
  }
  if (values.device) return deviceLogin({ ...common, prompt: (shown) => writeError(promptText(shown)) })
  return loopbackLogin({
    ...common,
    open: async (url) => {
      writeError(`Log in here, if no browser opens by itself:\n\n  ${url}\n\n`)
      if (!values['no-browser']) await openBrowser(url).catch(() => undefined)
    },
  })
}

function promptText({ userCode, verificationUri, verificationUriComplete }: DevicePrompt): string {
  const direct =
    verificationUriComplete === undefined ? '' : `\nor open      ${printable(verificationUriComplete)}\n`
  return `Open         ${printable(verificationUri)}\nand type in  ${printable(userCode)}\n${direct}`
}

type Described = Readonly<Record<string, unknown>>

async function describeLogin(source: UserLogin, values: Values, { runtime }: Terminal): Promise<Described> {
  const { access_token: accessToken, ...rest } = describeToken(
    await source.getToken(),
    runtime?.clock?.wallTime(),
  )
  const { session } = source
  const claims = session.status === 'authenticated' ? session.claims : undefined
  return {
    ...(values.show && { access_token: accessToken }),
    ...rest,
    ...(claims && { claims }),
  }
}

function loginText({ access_token: accessToken, claims, scope, expires_at: expiresAt }: Described): string {
  const { name, preferred_username: username, sub } = Object(claims) as Described
  const who = name ?? username ?? sub
  return [
    who === undefined ? 'Logged in.' : `Logged in as ${printable(String(who))}.`,
    ...(scope ? [`Scope        ${printable(String(scope))}`] : []),
    ...(expiresAt === undefined ? [] : [`Access token until ${String(expiresAt)}`]),
    ...(accessToken === undefined ? [] : [String(accessToken)]),
    '',
  ].join('\n')
}

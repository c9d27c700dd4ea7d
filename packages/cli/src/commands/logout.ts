import { deviceLogin, fileTokenStore } from '@oauth-concierge/service-account/node'
import { type Command, defineCommand } from '../command.ts'
import { printableJson } from '../printable.ts'
import { requireOption } from './require-option.ts'

/** `concierge logout`: ends a login that was stored. */
export const logout: Command = defineCommand({
  name: 'logout',
  summary: 'Ends a stored login, here and at the server',
  usage: '--issuer <url> --client-id <id> --store <folder>',
  options: {
    issuer: { type: 'string', value: '<url>', help: 'The authorization server' },
    'client-id': { type: 'string', value: '<id>', help: 'The client' },
    store: { type: 'string', value: '<folder>', help: 'Where the login was stored' },
  },
  notes: ['The tokens are erased from the folder in any case, also where the server cannot be reached.'],
  examples: ['concierge logout --issuer https://id.example.com --client-id cli --store ~/.config/cli/tokens'],
  run: async ({ values, terminal: { runtime, write } }) => {
    const source = deviceLogin({
      issuer: requireOption(values.issuer, 'issuer'),
      clientId: requireOption(values['client-id'], 'client-id'),
      store: fileTokenStore(requireOption(values.store, 'store')),
      prompt: () => undefined,
      ...(runtime && { runtime }),
    })
    const { status } = await source.restore()
    const wasLoggedIn = status === 'authenticated'
    if (wasLoggedIn) await source.logout()
    const text = wasLoggedIn ? 'Logged out.' : 'Nobody was logged in.'
    write(values.json ? `${printableJson({ logged_out: wasLoggedIn })}\n` : `${text}\n`)
  },
})

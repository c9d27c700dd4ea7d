import { expect, it } from 'vitest'
import { createScriptedServer } from '../testing/scripted-server.test-support.ts'
import { requirePkce } from './require-pkce.ts'

it.each([undefined, [], ['plain']])(
  'A13: is not begun at a server that does not announce S256: %j',
  async (methods) => {
    const server = await createScriptedServer()
    server.bend.metadata = { code_challenge_methods_supported: methods }
    const login = server.logIn(server.relyingParty({ authorization: [requirePkce()] }))
    await expect(login).rejects.toMatchObject({ code: 'not_supported_by_server' })
  },
)

it('is begun where the server announces it, and anywhere without the demand', async () => {
  const server = await createScriptedServer()
  await server.logIn(server.relyingParty())
  server.bend.metadata = { code_challenge_methods_supported: ['plain', 'S256'] }
  const relyingParty = server.relyingParty({ authorization: [requirePkce()] })
  await server.logIn(relyingParty)
  expect(relyingParty.session.status).toBe('authenticated')
})

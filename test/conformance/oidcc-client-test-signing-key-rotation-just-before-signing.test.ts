import { expect, it } from 'vitest'
import { createServer } from './relying-party-under-test.ts'

it('logs in with a key that came a second ago', async () => {
  const server = await createServer()
  const relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
  await server.clock.advance(1)
  await server.useKey('key-2')
  await expect(server.logIn(relyingParty)).resolves.toBeUndefined()
})

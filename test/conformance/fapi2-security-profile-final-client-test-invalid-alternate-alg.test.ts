import { expect, it } from 'vitest'
import { createServer } from './relying-party-under-test.ts'

it('refuses an ID token with an algorithm that was not agreed on', async () => {
  const server = await createServer()
  const relyingParty = server.relyingParty({ idTokenAlgorithms: ['PS256'] })
  await expect(server.logIn(relyingParty)).rejects.toMatchObject({ code: 'id_token_algorithm_refused' })
})

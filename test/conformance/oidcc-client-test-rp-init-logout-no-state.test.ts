import { expect, it } from 'vitest'
import { createPage, homeOf } from './page-under-test.ts'
import { createServer } from './relying-party-under-test.ts'

it('is logged out when the user comes back without a state', async () => {
  const page = await createPage()
  await page.logIn()
  await page.logOut()
  const next = await page.open(homeOf())
  expect(next.session.status).toBe('anonymous')
  expect(page.address()).toBe(homeOf())
})

it('sends no state where nobody is to come back', async () => {
  const server = await createServer()
  const relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
  const request = await relyingParty.endSession()
  expect(request?.parameters).not.toHaveProperty('state')
  expect(request?.state).toBeUndefined()
})

import { expect, it } from 'vitest'
import { createPage, homeOf } from './page-under-test.ts'

it('does not take a return with another state for the end of its logout', async () => {
  const page = await createPage()
  await page.logIn()
  await page.logOut()
  const stray = `${homeOf()}?state=another`
  const next = await page.open(stray)
  expect(next.session.status).toBe('anonymous')
  expect(page.address()).toBe(stray)
})

import { expect, it } from 'vitest'
import { createPage, homeOf } from './page-under-test.ts'

it('sends the user to the end-session endpoint, and takes the state that comes back out of the address', async () => {
  const page = await createPage()
  await page.logIn()
  const form = await page.logOut()
  expect(form).toMatchObject({
    action: 'https://id.example/logout',
    method: 'post',
    fields: { client_id: 'spa', post_logout_redirect_uri: homeOf(), id_token_hint: expect.any(String) },
  })
  expect(form.fields['state']).toMatch(/^[\w-]{43}$/)
  const next = await page.open(`${homeOf()}?state=${form.fields['state']}`)
  expect(next.session.status).toBe('anonymous')
  expect(page.address()).toBe(homeOf())
})

import type { Visitor } from '../../test/e2e/support/visitor.ts'

/** One thing that a visitor does, with the wait for its effect. */
export interface Step {
  readonly name: string
  run(visitor: Visitor): Promise<void>
}

/** A visit from the first page to the last, in order. */
export const journey: readonly Step[] = [
  {
    name: 'the page loads',
    run: async (visitor) => {
      await visitor.open()
      await visitor.isWelcomed()
    },
  },
  {
    name: 'move the tokens into a worker',
    run: async ({ keepTokensIn, page }) => {
      await keepTokensIn('Worker')
      await page.getByText('Tokens live in a worker that all tabs share.').first().waitFor()
    },
  },
  {
    name: 'log in: the login page',
    run: async ({ press, page }) => {
      await press('Log in')
      await page.getByLabel('Password').waitFor()
    },
  },
  {
    name: 'a wrong password is refused',
    run: async ({ signIn, page }) => {
      await signIn('a wrong one')
      await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor()
    },
  },
  {
    name: 'the right one leads to the consent page',
    run: async ({ signIn, page }) => {
      await signIn()
      await page.getByText('See your orders').waitFor()
    },
  },
  {
    name: 'allow: who am I',
    run: async ({ decide, isGreeted }) => {
      await decide('Allow')
      await isGreeted()
    },
  },
  {
    name: 'call the API',
    run: async ({ press, seesOrders }) => {
      await press('All')
      await seesOrders(4)
    },
  },
  {
    name: 'reload: still logged in',
    run: async ({ page, isGreeted }) => {
      await page.reload()
      await isGreeted()
    },
  },
  {
    name: 'a script looks: the refresh token is out of its reach',
    run: async ({ letScriptLook, page }) => {
      await letScriptLook()
      await page.getByText('The refresh token is out of its reach.').waitFor()
      await page.locator('.lanes, .moments').getByText('Worker').first().waitFor({ state: 'attached' })
    },
  },
  {
    name: 'move the tokens into the page’s memory: logged out',
    run: async ({ keepTokensIn, isWelcomed }) => {
      await keepTokensIn('Memory')
      await isWelcomed()
    },
  },
  {
    name: 'log in again',
    run: async ({ press, signIn, isGreeted }) => {
      await press('Log in')
      await signIn()
      await isGreeted()
    },
  },
  {
    name: 'the access token runs out',
    run: async ({ letPass, page }) => {
      await letPass(120)
      await page.getByText('The access token ran out.').waitFor()
    },
  },
  {
    name: 'the next call refreshes it',
    run: async ({ press, seesOrders, page }) => {
      await press('Open')
      await seesOrders(2)
      await page.getByText('until the access token runs out').waitFor()
    },
  },
  {
    name: 'refresh now',
    run: async ({ press, page }) => {
      await press('Refresh now')
      await page.getByText('so a new one was fetched').waitFor()
    },
  },
  {
    name: 'user info',
    run: async ({ press, page }) => {
      await press('Ask for more about me')
      await page.getByText('ada@example.com').waitFor()
    },
  },
  {
    name: 'a script looks: the page had to see the refresh token',
    run: async ({ letScriptLook, page }) => {
      await letScriptLook()
      await page.getByText('can carry off the refresh token').waitFor()
    },
  },
  {
    name: 'the report holds no secret',
    run: async ({ press, page }) => {
      await press('Show the report')
      await page.getByText('"tokenStore": "memory"').waitFor()
    },
  },
  {
    name: 'log out',
    run: ({ logOut }) => logOut(),
  },
  {
    name: 'log in and review: the password is asked for',
    run: async ({ press, signIn, page }) => {
      await press('Log in and review permissions')
      await signIn()
      await page.getByText('See your orders').waitFor()
    },
  },
  {
    name: 'deny: the page takes it calmly',
    run: async ({ decide, seesProblem }) => {
      await decide('Deny')
      await seesProblem('access_denied')
    },
  },
]

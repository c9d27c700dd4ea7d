import { journey, type Step } from './journey.ts'

/** What is done in another way behind a BFF, by the name of the step. */
const instead: Readonly<Record<string, readonly Step[]>> = {
  'move the tokens into a worker': [],
  'move the tokens into the page’s memory: logged out': [],
  'log in again': [],
  'a script looks: the page had to see the refresh token': [],
  'a script looks: the refresh token is out of its reach': [
    {
      name: 'a script looks: there is no token',
      run: async ({ letScriptLook, page }) => {
        await letScriptLook()
        await page.getByText('A script of this page gets no token.').waitFor()
      },
    },
  ],
  'the report holds no secret': [],
  'the access token runs out': [
    { name: 'the access token runs out, unnoticed', run: ({ letPass }) => letPass(120) },
  ],
  'the next call refreshes it': [
    {
      name: 'the next call has it refreshed',
      run: async ({ press, seesOrders }) => {
        await press('Open')
        await seesOrders(2)
      },
    },
  ],
  'deny: the page takes it calmly': [
    {
      name: 'deny: the BFF takes it calmly',
      run: async ({ decide, page }) => {
        await decide('Deny')
        await page.getByRole('heading', { name: 'Not logged in' }).waitFor()
        await page.getByText('access_denied').waitFor()
      },
    },
  ],
}

/** The same visit to the page behind a BFF. */
export const bffJourney: readonly Step[] = journey.flatMap((step) => instead[step.name] ?? [step])

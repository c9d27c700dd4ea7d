import { journey, type Step } from './journey.ts'

const reload: Step = {
  name: 'a reload: still logged in',
  run: async ({ open, isGreeted, press, seesOrders }) => {
    await open()
    await isGreeted()
    await press('All')
    await seesOrders(4)
  },
}

/** What is done in another way behind a BFF, by the name of the step. */
const instead: Readonly<Record<string, readonly Step[]>> = {
  'the access token runs out': [
    reload,
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

import { describe, expect, it } from 'vitest'
import { extras, pages, type Part, slimPageAndWorker, workerFile } from './budgets.ts'
import { extraSize, pageSize, slimAndWorkerSize, workerSize } from './sizes.ts'

const title = '$name: no more than $budget bytes'

/** A budget is only ever exceeded on purpose, in `budgets.ts`. */
function expectWithin({ name, budget }: Part, size: number): void {
  expect(size, `${name} takes ${size} bytes of ${budget}`).toBeLessThanOrEqual(budget)
}

describe('bytes that a visitor loads (brotli)', () => {
  it.each(pages)(title, async (page) => expectWithin(page, await pageSize(page)))

  it.each([workerFile])(title, (file) => expectWithin(file, workerSize()))

  it.each([slimPageAndWorker])(title, async (sum) => expectWithin(sum, await slimAndWorkerSize()))
})

describe('bytes that an extra adds to the page that names it', () => {
  it.each(extras)(title, async (extra) => {
    const size = await extraSize(extra)
    // What adds nothing is not in the page.
    expect(size, `${extra.name} adds ${size} bytes`).toBeGreaterThan(0)
    expectWithin(extra, size)
  })
})

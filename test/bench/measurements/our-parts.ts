import { extras, pages, type Part, slimPageAndWorker, workerFile } from '../../packaging/budgets.ts'
import { extraSize, pageSize, slimAndWorkerSize, workerSize } from '../../packaging/sizes.ts'
import { integer, type Table } from '../table.ts'

/** Our pages and what each extra adds, beside the budgets that the tests hold them to and what we want. */
export async function ourParts(): Promise<Table> {
  const rows: string[][] = []
  for (const page of pages) rows.push(rowOf(page, await pageSize(page)))
  rows.push(rowOf(workerFile, workerSize()), rowOf(slimPageAndWorker, await slimAndWorkerSize()))
  for (const extra of extras) rows.push(rowOf(extra, await extraSize(extra), '+ '))
  return {
    title: 'Our pages, and what a store or an extra adds (+) to the page that names it, bytes brotli -11',
    columns: ['part', 'brotli -11', 'budget', 'goal'],
    rows,
    notes: [
      'A test fails above the budget, `test/packaging/budgets.ts`. Where the budget is above the goal, the goal is not met.',
    ],
  }
}

function rowOf({ name, budget, goal }: Part, size: number, sign = ''): string[] {
  return [sign + name, integer(size), integer(budget), goal === undefined ? '' : integer(goal)]
}

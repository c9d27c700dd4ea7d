import { describe, expect, it } from 'vitest'
import {
  type Absence,
  type FlowName,
  type FlowRow,
  flowTable,
  type ServerName,
  servers,
} from './flows/flow-table.ts'
import { flows } from './flows/flows.ts'
import { openVisit } from './flows/open-visit.ts'

const names = Object.keys(flowTable) as FlowName[]

describe.each(names)('%s', (name) => {
  const row: FlowRow = flowTable[name]
  const { run, needs = {} } = flows[name]
  const absent = Object.entries(row.absent) as [ServerName, Absence][]

  it('is said of every server to run there or not', () => {
    expect([...row.runs, ...absent.map(([server]) => server)].sort()).toEqual([...servers].sort())
  })

  it.each(row.runs)('runs at %s', async (server) => {
    const visit = await openVisit(server, needs)
    await run(visit).finally(visit.close)
  })

  const refusals = absent.filter(([, { code }]) => code !== undefined)

  it.each(refusals)('is refused at %s', async (server, { code }) => {
    const visit = await openVisit(server, needs)
    await expect(run(visit).finally(visit.close)).rejects.toMatchObject({ code })
  })
})

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type FlowRow, flowTable, type ServerName, servers } from '../test/contract/flows/flow-table.ts'

const target = new URL('../docs/flows-and-dialects.md', import.meta.url)

function cellOf({ runs, absent }: FlowRow, server: ServerName): string {
  if (runs.includes(server)) return '✓'
  const { why = '', code } = absent[server] ?? {}
  return code ? `${why}: \`${code}\`` : why
}

/** The page `docs/flows-and-dialects.md`. */
export function writeFlowsDoc(): string {
  const rows = Object.entries<FlowRow>(flowTable).map(([name, row]) =>
    ['', name, row.spec, ...servers.map((server) => cellOf(row, server)), ''].join(' | ').trim(),
  )
  return `# Flows and servers

Which flow of the SDK is run by the tests against which server: five dialects of the reference server, and \`oidc-provider\`, which nobody
here wrote. ✓ is a test that runs the flow through the SDK's public functions. Elsewhere stands why the server has no such flow; where a code
stands with it, a test runs the flow all the same and meets with that error.

This page is made from \`test/contract/flows/flow-table.ts\` by \`node tools/flows-doc.ts\`.

| flow | specification | ${servers.join(' | ')} |
| --- | --- | ${servers.map(() => '---').join(' | ')} |
${rows.join('\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, writeFlowsDoc())

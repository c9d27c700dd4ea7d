import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { faultCatalogue } from '../packages/reference-server/src/faults.ts'

const readme = new URL('../packages/reference-server/README.md', import.meta.url)
const start = '<!-- faults: written by tools/faults-table.ts -->'
const end = '<!-- end of faults -->'

/** What an area of the catalogue is about, by the first half of its faults' names. */
const titles: Readonly<Record<string, string>> = {
  discovery: 'The discovery document',
  jwks: 'The key set',
  authorize: 'The authorization endpoint',
  callback: 'The authorization response',
  par: 'Pushed authorization requests',
  token: 'The token answer',
  refresh: 'The answer to a refresh',
  id_token: 'The ID token',
  access_token: 'The access token, for resource servers',
  userinfo: 'UserInfo',
  resource: 'Whatever takes an access token, UserInfo too',
  introspection: 'Introspection',
  revocation: 'Revocation',
  end_session: 'Logout',
  logout_token: 'Back-channel logout',
  dpop: 'DPoP',
  network: 'The connection',
  http: 'Any answer',
  body: 'The body on its way',
  clock: 'The clock',
}

const areaOf = (name: string): string => name.split('.')[0] ?? ''

/** The tables of faults, one for each area. */
export function writeFaultsTable(): string {
  const areas = [...new Set(faultCatalogue.map(({ name }) => areaOf(name)))]
  const tables = areas.map((area) => {
    const rows = faultCatalogue
      .filter(({ name }) => areaOf(name) === area)
      .map(({ name, description }) => `| \`${name}\` | ${description} |`)
    return `### ${titles[area] ?? area}\n\n| fault | what happens |\n| --- | --- |\n${rows.join('\n')}`
  })
  return tables.join('\n\n')
}

/** The README with its tables renewed. */
export function renewReadme(text: string = readFileSync(readme, 'utf8')): string {
  const [before, rest] = text.split(start)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error('the README has no place for the faults')
  return `${before}${start}\n\n${writeFaultsTable()}\n\n${end}${after}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(readme, renewReadme())

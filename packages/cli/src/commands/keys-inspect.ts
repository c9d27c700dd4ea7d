import { type Command, defineCommand, wrongUsage } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { table } from '../help.ts'
import { inspectKeys, type KeyReport } from '../keys/inspect-keys.ts'
import { printable, printableJson } from '../printable.ts'
import { readSmallFile } from '../read-file.ts'
import { createStyle, type Style } from '../style.ts'
import type { Terminal } from '../terminal.ts'
import { passphraseVariable } from './token-source-of.ts'

/** `concierge keys inspect`: what a key is, and what is wrong with it. */
export const keysInspect: Command = defineCommand({
  name: 'keys inspect',
  summary: 'Says what a key is and what is wrong with it, and shows its public half',
  usage: '(<file> | -) [options]',
  options: {},
  positionals: 1,
  notes: [
    `Takes PEM, DER, a JWK, a key set, or the credentials file of a service account. Nothing private is printed.
${passphraseVariable} opens an encrypted key. Exit code 1: something is wrong with a key.`,
  ],
  examples: [
    'concierge keys inspect sa.json',
    'concierge keys inspect key.pem --json',
    'curl -s https://id.example.com/jwks | concierge keys inspect -',
  ],
  run: async ({ values, positionals: [path], terminal }): Promise<ExitCode> => {
    if (path === undefined) throw wrongUsage('Which key? Name its file, or "-" for standard input.')
    const { bytes, problem } = await readKey(path, terminal)
    const found = await inspectKeys(bytes, terminal.env[passphraseVariable])
    const reports = found.map((report) =>
      problem && isPrivate(report) ? addProblem(report, problem) : report,
    )
    const style = createStyle(terminal.colours.output)
    terminal.write(
      values.json
        ? `${printableJson({ keys: reports })}\n`
        : reports.map((report) => `${reportText(report, style)}\n`).join('\n'),
    )
    const isSound = reports.length > 0 && reports.every(({ problems }) => problems.length === 0)
    return isSound ? exitCodes.done : exitCodes.refused
  },
})

async function readKey(
  path: string,
  { readInput }: Terminal,
): Promise<{ readonly bytes: Buffer; readonly problem?: string }> {
  if (path === '-') return { bytes: Buffer.from(await readInput()) }
  const { bytes, mode } = await readSmallFile(path)
  const isOpen = process.platform !== 'win32' && (mode & 0o077) !== 0
  return {
    bytes,
    ...(isOpen && {
      problem: `Others than its owner can read or write the file (${mode.toString(8)}): chmod 600.`,
    }),
  }
}

/** What could not be read may be private. */
const isPrivate = ({ visibility }: KeyReport): boolean => visibility !== 'public'

function addProblem(report: KeyReport, problem: string): KeyReport {
  return { ...report, problems: [...report.problems, problem] }
}

function reportText(report: KeyReport, style: Style): string {
  const { format, kind, visibility, algorithms, keyId, thumbprint, publicJwk, problems } = report
  const rows: (readonly [string, string | undefined])[] = [
    ['key', kind && `${kind}, ${visibility}`],
    ['written as', format],
    ['signs with', algorithms?.join(', ')],
    ['kid', keyId],
    ['thumbprint', thumbprint],
    ['public JWK', publicJwk && printableJson(publicJwk)],
  ]
  const known = rows.flatMap(([name, text]) => (text ? [[name, printable(text)] as const] : []))
  const verdict =
    problems.length === 0
      ? [`  ${style.good('Nothing is wrong with it.')}`]
      : problems.map((problem) => `  ${style.bad('!')} ${printable(problem)}`)
  return [table(known), ...verdict].join('\n')
}

import { type Command, defineCommand, wrongUsage } from '../command.ts'
import { examine } from '../doctor/examine.ts'
import type { Finding } from '../doctor/finding.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { printable, printableJson } from '../printable.ts'
import { createStyle, type Style } from '../style.ts'
import { requireOption } from './require-option.ts'

/** `concierge doctor`: what is wrong with a server, and what mends it. */
export const doctor: Command = defineCommand({
  name: 'doctor',
  summary: 'Looks at an authorization server from outside, and says what mends what is wrong',
  usage: '--issuer <url> [options]',
  options: {
    issuer: { type: 'string', value: '<url>', help: 'The authorization server' },
    origin: { type: 'string', value: '<url>', help: 'Origin of a page that uses it: looks at CORS' },
    'redirect-uri': { type: 'string', value: '<uri>', help: 'Looks at its form' },
    'client-id': { type: 'string', value: '<id>', help: 'With --redirect-uri: whether the server knows it' },
  },
  notes: ['It needs no credentials and changes nothing. Exit code 1: something does not work.'],
  examples: [
    'concierge doctor --issuer https://id.example.com',
    'concierge doctor --issuer https://id.example.com --origin https://app.example.com',
    'concierge doctor --issuer https://id.example.com --client-id spa --redirect-uri https://app.example.com/callback',
  ],
  run: async ({ values, terminal }): Promise<ExitCode> => {
    const complaint = {
      issuer: requireOption(values.issuer, 'issuer'),
      origin: readOrigin(values.origin),
      redirectUri: values['redirect-uri'],
      clientId: values['client-id'],
    }
    const findings = await examine(complaint, terminal.runtime)
    const style = createStyle(terminal.colours.output)
    terminal.write(
      values.json
        ? `${printableJson({ findings })}\n`
        : findings.map((finding) => findingText(finding, style)).join(''),
    )
    return findings.some(({ state }) => state === 'bad') ? exitCodes.refused : exitCodes.done
  },
})

/** As a browser would write it. */
function readOrigin(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const origin = URL.canParse(text) ? new URL(text).origin : 'null'
  if (origin === text.replace(/\/$/, '')) return origin
  throw wrongUsage('--origin is scheme, host and port of a page, such as https://app.example.com.')
}

function findingText({ check, state, message, fix }: Finding, style: Style): string {
  const marks = { good: style.good('✓'), doubtful: style.warning('?'), bad: style.bad('✗') }
  const lines = [`${marks[state]} ${style.strong(check)}: ${printable(message)}`]
  if (fix !== undefined) lines.push(`    ${printable(fix)}`)
  return `${lines.join('\n')}\n`
}

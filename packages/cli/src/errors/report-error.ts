import { ConciergeError } from '@oauth-concierge/core'
import { printable, printableJson } from '../printable.ts'
import { createStyle } from '../style.ts'
import type { Terminal } from '../terminal.ts'
import { cureOf } from './cure-of.ts'

/** How an error is to be told. */
export interface ErrorReport {
  readonly asJson: boolean
  /** The command that failed, whose help shows the options. */
  readonly command: string | undefined
}

/** Tells what went wrong and what to do about it, on standard error. */
export function reportError(error: unknown, { asJson, command }: ErrorReport, terminal: Terminal): void {
  const facts = error instanceof ConciergeError ? describe(error) : describeFault(error)
  if (asJson) {
    terminal.writeError(`${printableJson({ error: facts })}\n`)
    return
  }
  const style = createStyle(terminal.colours.errors)
  const help = command === undefined ? 'concierge --help' : `concierge ${command} --help`
  const lines = [
    `${style.bad('concierge:')} ${style.strong(facts.code)}`,
    `  ${printable(facts.message)}`,
    ...(facts.cure === undefined ? [] : [`  What to do: ${facts.cure}`]),
    ...(facts.code === 'invalid_configuration' ? [`  ${help} shows the options.`] : []),
  ]
  terminal.writeError(`${lines.join('\n')}\n`)
}

interface ErrorFacts {
  readonly code: string
  readonly message: string
  readonly cure?: string
  readonly [detail: string]: unknown
}

function describe(error: ConciergeError): ErrorFacts {
  const { code, message } = error
  const cure = cureOf(code)
  return { ...error.toJSON(), code, message, ...(cure !== undefined && { cure }) }
}

/** Not its message, in which anything could stand. */
function describeFault(error: unknown): ErrorFacts {
  const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: '' }
  const frames = stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? []
  const message = [`A fault in concierge itself (${name}).`, ...frames.slice(0, 5)].join('\n')
  return { code: 'unexpected', message, cure: 'Please report it, with the lines above.' }
}

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { dialectNamed } from '../dialects/index.ts'
import type { FaultName } from '../faults.ts'
import type { FaultOptions } from '../faults/exchange.ts'
import { findFault } from '../faults/switchboard.ts'
import type { TestServerOptions } from '../node/create-test-server.ts'
import type { DialectName, RefreshTokenRotation, SigningAlg } from '../options.ts'
import { UsageError } from './usage-error.ts'

/** A fault to be switched on at the start. */
export interface WantedFault {
  readonly name: FaultName
  readonly options: FaultOptions
}

/** What the command was asked to do. */
export interface Arguments {
  readonly action: 'serve' | 'help' | 'list-faults'
  readonly json: boolean
  readonly server: TestServerOptions
  readonly faults: readonly WantedFault[]
}

const options = {
  dialect: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  rotation: { type: 'string' },
  alg: { type: 'string' },
  seed: { type: 'string' },
  config: { type: 'string' },
  fault: { type: 'string', multiple: true },
  'list-faults': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const signingAlgs: readonly SigningAlg[] = ['ES256', 'RS256', 'PS256', 'EdDSA']

/** Turns a refusal of any kind into one of usage. */
function asUsage<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function readDialect(name: string): DialectName {
  asUsage(() => dialectNamed(name))
  return name as DialectName
}

function readPort(text: string = '9000'): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new UsageError(`--port must be a number from 0 to 65535, not ${text}`)
}

function readRotation(text: string): RefreshTokenRotation {
  if (text === 'strict' || text === 'none') return text
  const [, seconds] = /^grace:(\d+)$/.exec(text) ?? []
  if (seconds !== undefined) return { grace: Number(seconds) }
  throw new UsageError(`--rotation must be strict, none or grace:<seconds>, not ${text}`)
}

function readAlg(text: string): SigningAlg {
  const alg = signingAlgs.find((name) => name === text)
  if (alg) return alg
  throw new UsageError(`--alg must be one of ${signingAlgs.join(', ')}, not ${text}`)
}

function readFault(text: string): WantedFault {
  const [name = '', times] = text.split(':')
  const entry = asUsage(() => findFault(name))
  if (times === undefined) return { name: entry.name, options: {} }
  if (times === 'always') return { name: entry.name, options: { forGood: true } }
  if (/^[1-9]\d*$/.test(times)) return { name: entry.name, options: { times: Number(times) } }
  throw new UsageError(`--fault ${text}: after the colon comes a number from 1 on, or always`)
}

function readConfig(file: string): TestServerOptions {
  const content: unknown = asUsage(() => JSON.parse(readFileSync(file, 'utf8')))
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content
  throw new UsageError(`--config ${file}: it must hold a JSON object`)
}

/**
 * Reads the command line.
 *
 * @throws UsageError when an option is unknown or its value wrong
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = asUsage(() => parseArgs({ args: [...args], options }))
  const { dialect, host, rotation, alg, seed, config } = values
  return {
    action: values.help ? 'help' : values['list-faults'] ? 'list-faults' : 'serve',
    json: values.json ?? false,
    server: {
      ...(config !== undefined && readConfig(config)),
      port: readPort(values.port),
      ...(dialect !== undefined && { dialect: readDialect(dialect) }),
      ...(host !== undefined && { host }),
      ...(rotation !== undefined && { refreshTokenRotation: readRotation(rotation) }),
      ...(alg !== undefined && { signingAlg: readAlg(alg) }),
      ...(seed !== undefined && { seed }),
    },
    faults: (values.fault ?? []).map(readFault),
  }
}

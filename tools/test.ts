import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { ensurePrograms, howToGet } from './ensure-programs.ts'

const pnpm = process.env['npm_execpath'] ?? 'pnpm'
const resultFile = '.artifacts/test-results.json'

/** Runs a command with its output shown; gives whether it succeeded. */
function run(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

function step(title: string, ...[command, ...args]: readonly [string, ...string[]]): boolean {
  console.log(`\n── ${title}`)
  const passed = run(command, ...args)
  if (!passed) console.log(`✗ ${title} failed.`)
  return passed
}

interface Counts {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly numFailedTestSuites: number
}

/** The counts of the run, or undefined where the runner did not come to its end. */
function readCounts(): Counts | undefined {
  try {
    return JSON.parse(readFileSync(resultFile, 'utf8')) as Counts
  } catch {
    return undefined
  }
}

mkdirSync('.artifacts', { recursive: true })
rmSync(resultFile, { force: true })
const missing = ensurePrograms(['chromium', 'firefox', 'webkit', 'gjs', 'redis'])
if (process.env['CI']) process.env['CONCIERGE_REQUIRE_PROGRAMS'] = '1'

const steps = [
  step('build', pnpm, 'build'),
  step('format, lint and types', pnpm, 'check'),
  step(
    'tests',
    pnpm,
    'exec',
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${resultFile}`,
  ),
]

const counts = readCounts()
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = counts ?? {}
const failedSteps = steps.filter((passed) => !passed).length
console.log('')
for (const name of missing) console.log(`Skipped: the tests that need ${name}. ${howToGet(name)}`)
if (failedSteps > 0) console.log('Something failed; see above.')
// A step or a test file that broke without a failed test of its own counts as one failure.
const failed = Math.max(numFailedTests, failedSteps)
console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`)
process.exit(failed === 0 && numPassedTests > 0 ? 0 : 1)

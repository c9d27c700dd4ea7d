import { liveThrough } from '../../../examples/daemon/server/live-through.ts'

const hours = 2

/** Lets the daemon live through two hours in a few seconds. @throws Error that says which call failed */
export async function checkDaemon(): Promise<void> {
  const startedAt = performance.now()
  const life = await liveThrough(hours, (second, what) => console.log(`  ${timeOf(second)}  ${what}`))
  const [first] = life.failed
  if (first)
    throw new Error(
      `${life.failed.length} calls failed, the first at ${timeOf(first.second)}: ${first.result}`,
    )
  if (life.usedKeys.length !== hours + 1) throw new Error('The daemon did not take up each new key.')
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`\n  ${life.calls} calls, none failed: ${hours} hours in ${seconds} s.
  Keys used: ${life.usedKeys.join(', ')}.
  Requests for a token that nobody answered: ${life.unanswered}; that were refused: ${life.refused}.
  Tokens that the API refused: ${life.withdrawn}.\n`)
}

const timeOf = (second: number): string => new Date(second * 1000).toISOString().slice(11, 19)

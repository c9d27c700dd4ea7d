import type { Situation } from '../../../examples/daemon/server/start-demo.ts'
import type { Call } from '../../../examples/daemon/src/run-worker.ts'

/** Shows calls as they come. */
export interface Ticker {
  tick(call: Call, situation: Situation): void
  say(text: string): void
}

/** In a terminal one line that changes; elsewhere a line a call. */
export function createTicker(): Ticker {
  const isTerminal = process.stdout.isTTY
  let calls = 0
  let failed = 0
  const time = (): string => new Date().toISOString().slice(11, 19)
  const leave = isTerminal ? '\r\u001b[K' : ''
  return {
    tick: ({ ok, result }, { keys, isUp, hoursOff }) => {
      calls += 1
      if (!ok) failed += 1
      const notes = [
        `token by ${keys.at(-1) ?? 'no key'}`,
        ...(isUp ? [] : ['server down']),
        ...(hoursOff === 0 ? [] : [`clock ${hoursOff} h ahead`]),
      ]
      const line = `  ${time()}  ${ok ? '✓' : '✗'} ${result}   ${calls} calls, ${failed} failed   ${notes.join(', ')}`
      process.stdout.write(isTerminal && ok ? `${leave}${line}` : `${leave}${line}\n`)
    },
    say: (text) => void process.stdout.write(`${leave}  ${time()}  ${text}\n`),
  }
}

import type { Clock, Milliseconds, Runtime, Seconds } from '@oauth-concierge/core'

/** A runtime whose clock can be set by what the server says, for what is dated for that server only. */
export interface ServerTime {
  readonly runtime: Runtime
  /** By how many seconds the server is ahead of this machine, as far as it has been learnt; negative where it is behind. */
  offset(): Seconds
  /** Takes over what the last answer to a POST said of the server's time; gives whether that makes a difference worth another attempt. */
  learn(): boolean
}

/** As far as `iat` is set back: what is less than that explains no refusal. */
const worthLearning: Seconds = 10
/** A server further away in time than this is not believed: who follows it signs for a far future. */
const longestOffset: Seconds = 86_400

/** Watches the `Date` of answers that go through the runtime's `http`. */
export function createServerTime(runtime: Runtime): ServerTime {
  let offset: Milliseconds = 0
  let measured: Milliseconds | undefined
  const clock: Clock = { ...runtime.clock, wallTime: () => runtime.clock.wallTime() + offset }
  const http: Runtime['http'] = async (url, init) => {
    const sentAt = runtime.clock.wallTime()
    const response = await runtime.http(url, init)
    if (init.method === 'POST') {
      const date = Date.parse(response.headers.get('date') ?? '')
      const now = (sentAt + runtime.clock.wallTime()) / 2
      measured = Number.isNaN(date) ? undefined : date - now
    }
    return response
  }
  return {
    runtime: { ...runtime, clock, http },
    offset: () => Math.round((measured ?? offset) / 1000),
    learn: () => {
      if (measured === undefined || Math.abs(measured) > longestOffset * 1000) return false
      if (Math.abs(measured - offset) <= worthLearning * 1000) return false
      offset = measured
      return true
    },
  }
}

/** There is one external user agent, so one thing at a time is done with it, and the latest wins. */
export interface AgentTurns {
  /** Runs `work` once whoever had the agent before has been told to stop, by their signal, and has done so. */
  run<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>
}

export function createAgentTurns(): AgentTurns {
  let latest = { abort: new AbortController(), done: Promise.resolve() as Promise<unknown> }
  return {
    run: (work) => {
      const { abort: previous, done: before } = latest
      const abort = new AbortController()
      previous.abort()
      const done = before.catch(() => undefined).then(() => work(abort.signal))
      latest = { abort, done }
      return done
    },
  }
}

/** Settles when somebody else takes the agent. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** How often a function could be called, one call after the other. */
export type Calls = { calls: number; milliseconds: number }

/**
 * Calls for about that long and looks at the clock a few times only. Uses nothing from outside itself: its source is
 * also sent to browsers.
 */
export async function callFor(call: () => Promise<unknown>, milliseconds: number): Promise<Calls> {
  // A function of its own, so that the optimizer sees a plain loop.
  const repeat = async (times: number) => {
    for (let at = 0; at < times; at += 1) await call()
  }
  const start = performance.now()
  let calls = 0
  let elapsed = 0
  for (let batch = 1; elapsed < milliseconds;) {
    await repeat(batch)
    calls += batch
    elapsed = performance.now() - start
    if (elapsed < milliseconds / 20) batch *= 2
  }
  return { calls, milliseconds: elapsed }
}

export function callsPerSecond({ calls, milliseconds }: Calls): number {
  return (calls / milliseconds) * 1000
}

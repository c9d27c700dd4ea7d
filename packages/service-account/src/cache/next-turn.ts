/** How many exchanges may begin before the rest of the program has its turn: each takes a fraction of a millisecond to begin. */
const atOnce = 4

let begun = 0
const waiting: (() => void)[] = []

/** Lets an exchange begin at once, or after others of this process that came first: a thousand at a time would hold everything else up. */
export function takeTurn(): Promise<void> | undefined {
  if (begun === 0) later(letOthersBegin)
  begun += 1
  return begun <= atOnce ? undefined : new Promise((resolve) => waiting.push(resolve))
}

function letOthersBegin(): void {
  const next = waiting.splice(0, atOnce)
  begun = next.length + waiting.length
  if (begun > 0) later(letOthersBegin)
  for (const begin of next) begin()
}

/** After whatever else is due: no matter of time, so no clock is asked. */
function later(work: () => void): void {
  if (typeof globalThis.setImmediate === 'function') globalThis.setImmediate(work)
  else setTimeout(work, 0)
}

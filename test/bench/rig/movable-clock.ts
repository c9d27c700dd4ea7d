declare global {
  /** Seconds that the clock of this page or worker is ahead of the machine's. */
  var secondsAhead: number
}

/** Source of a script that lets the clock of a page or a worker be moved, together with all others of its origin. */
export function movableClock(secondsAhead: number): string {
  return `(${install})(${secondsAhead});`
}

/** Sent as text: it uses nothing from outside itself. */
function install(seconds: number): void {
  const Real = Date
  globalThis.secondsAhead = seconds
  const now = (): number => Real.now() + globalThis.secondsAhead * 1_000
  globalThis.Date = new Proxy(Real, {
    construct: (target, [...parts]: []) => (parts.length > 0 ? new target(...parts) : new target(now())),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  })
  const channel = new BroadcastChannel('bench-clock')
  channel.addEventListener('message', ({ data }) => {
    globalThis.secondsAhead = Number(data)
  })
}

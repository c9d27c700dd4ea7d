/** What a browser may lack, or refuse as a blocked storage does. */
export type Missing =
  | 'locks'
  | 'indexedDB'
  | 'BroadcastChannel'
  | 'SharedWorker'
  | 'sessionStorage'
  | 'localStorage'

/** Runs in a page or a worker before anything else: takes these away from it. Sees nothing but its argument. */
export function takeAway(missing: readonly Missing[]): void {
  for (const name of missing) {
    const owner: object = name === 'locks' ? Object.getPrototypeOf(navigator) : globalThis
    const get = (): undefined => {
      if (name.endsWith('Storage')) throw new DOMException('Storage is blocked here.', 'SecurityError')
    }
    Object.defineProperty(owner, name, { configurable: true, get })
  }
}

/** Runs in a page before anything else: tells its server of each error, and of all that its policy forbids. */
export function tellFaults(): void {
  const tell = (fault: string): void => void navigator.sendBeacon('/told', fault)
  addEventListener('error', ({ message }) => tell(`error: ${message}`))
  addEventListener('unhandledrejection', ({ reason }) => tell(`rejection: ${String(reason)}`))
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    tell(`policy: ${effectiveDirective} ${blockedURI}`),
  )
  const { error } = console
  console.error = (...words) => {
    tell(`console: ${words.join(' ')}`)
    error(...words)
  }
}

/** What the page's own scripts have left in the global scope: everything that an empty frame has not. */
export function foreignGlobals(): Readonly<Record<string, unknown>> {
  const frame = Object.assign(document.createElement('iframe'), { hidden: true })
  document.body.append(frame)
  try {
    const usual = new Set(Object.getOwnPropertyNames(frame.contentWindow))
    const foreign = Object.getOwnPropertyNames(window).filter((name) => !usual.has(name))
    return Object.fromEntries(foreign.map((name) => [name, (window as never)[name]]))
  } finally {
    frame.remove()
  }
}

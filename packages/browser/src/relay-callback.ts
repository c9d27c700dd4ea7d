/** How long whoever waits for an answer may take to say that it came. */
const patience = 3_000

/**
 * For the page at the redirect URI of a popup or a frame: hands the answer found in the page's address on to the tab that waits for it, and closes
 * the window. The address is clean before anything else happens. Imports nothing, so that the page is small.
 * @returns whether a tab took the answer; false as well where there is none in the address. A window that the browser does not let close stays open.
 * @see RFC 9700 section 4.17
 */
export async function relayCallback(): Promise<boolean> {
  const { pathname, search, hash } = location
  history.replaceState(null, '', pathname)
  const parameters = `${search.slice(1)}&${hash.slice(1)}`
  const state = readState(new URLSearchParams(parameters))
  const isTaken = !!state && (await handOn(`concierge:answer:${state}`, parameters))
  if (isTaken) window.close()
  return isTaken
}

/** That of a signed answer is in its claims. Nothing here trusts it: who waits, waits for this very state, and verifies the answer. */
function readState(parameters: URLSearchParams): unknown {
  try {
    const claims = parameters.get('response')?.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/')
    return parameters.get('state') ?? JSON.parse(atob(claims ?? '')).state
  } catch {
    return undefined
  }
}

/** By BroadcastChannel, which a Cross-Origin-Opener-Policy does not cut; and to the opener or parent, where this page has one left. */
async function handOn(name: string, parameters: string): Promise<boolean> {
  const { origin } = location
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name)
  const other: Window | null = window.parent === window ? window.opener : window.parent
  const isTaken = new Promise<boolean>((resolve) => {
    const take = ({ data }: MessageEvent): void => {
      if (data === name) resolve(true)
    }
    channel?.addEventListener('message', take)
    window.addEventListener('message', (event) => {
      if (event.origin === origin) take(event)
    })
    setTimeout(resolve, patience, false)
  })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
  channel?.postMessage([name, parameters])
  other?.postMessage([name, parameters], origin)
  return isTaken.finally(() => channel?.close())
}

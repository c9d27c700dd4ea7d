type PageEvent = Event & { readonly persisted?: boolean }

/**
 * Looks at the session again whenever something may have changed without this page's doing: another tab has news, the page comes back
 * from the back/forward cache, and, at most every 5 seconds, the user turns to the tab or the network is back.
 * It goes on for as long as the page lives. Where there is no BroadcastChannel, a tab hears of others when the user turns to it.
 * @param look gets what the news is: whether the session ran out
 * @returns tells the other tabs
 */
export function watchTabs(name: string, look: (ranOut?: boolean) => unknown): (ranOut?: boolean) => void {
  const channel = globalThis.BroadcastChannel && new BroadcastChannel(name)
  channel?.addEventListener('message', ({ data }) => look(data))
  let quietUntil = 0
  // A page that is shown says itself whether it was away.
  const onReturn = ({
    timeStamp,
    persisted = !document.hidden && timeStamp > quietUntil,
  }: PageEvent): void => {
    if (!persisted) return
    quietUntil = timeStamp + 5_000
    look()
  }
  for (const type of ['pageshow', 'visibilitychange', 'online']) addEventListener(type, onReturn)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
  return (ranOut) => channel?.postMessage(ranOut)
}

import type { Channel } from '@oauth-concierge/core'

/** News between the tabs and workers of an origin by BroadcastChannel; where the browser has none, nobody hears and nobody is told. */
export function openBroadcast(name: string): Channel {
  if (typeof BroadcastChannel === 'undefined') {
    return { post: () => undefined, listen: () => () => undefined }
  }
  const channel = new BroadcastChannel(name)
  // In Node an open channel would keep the process from ending.
  ;(channel as { unref?: () => void }).unref?.()
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => {
      const hear = ({ data }: MessageEvent): void => listener(data)
      channel.addEventListener('message', hear)
      return () => channel.removeEventListener('message', hear)
    },
  }
}

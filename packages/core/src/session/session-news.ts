import type { OpenChannel } from '../ports/channel.ts'

/** What happened to the session of a client: other tokens were written, its refresh token was refused, or the user logged out. */
export type SessionNews = 'changed' | 'expired' | 'ended'

/** Where those who share a client tell each other of its session. */
export interface SessionNewsroom {
  announce(news: SessionNews): void
  /** Calls `listener` with the news of others, from now on; a second call replaces the listener. */
  listen(listener: (news: SessionNews) => void): void
  close(): void
}

const all: readonly unknown[] = ['changed', 'expired', 'ended'] satisfies readonly SessionNews[]

/** The newsroom of this name. It listens only once it is asked to. */
export function createSessionNewsroom(openChannel: OpenChannel, name: string): SessionNewsroom {
  let channel: ReturnType<OpenChannel> | undefined
  let stop: (() => void) | undefined
  const open = (): ReturnType<OpenChannel> => (channel ??= openChannel(name))
  return {
    announce: (news) => open().post(news),
    listen: (listener) => {
      stop?.()
      stop = open().listen((message) => {
        if (all.includes(message)) listener(message as SessionNews)
      })
    },
    close: () => stop?.(),
  }
}

import type { Milliseconds } from '@oauth-concierge/core'

/** A request as any server sees it. */
export interface BffRequest {
  readonly method: string
  /** Path and query, as they stand in the request line. */
  readonly target: string
  /** A header by its name in lower case; several of one name as the server joins them. */
  header(name: string): string | undefined
  /** The body as text; undefined where it has more than `maxBytes`. */
  text(maxBytes: number): Promise<string | undefined>
}

/** Headers in the order they are sent; of `set-cookie` there may be several. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** An answer whose body is text of our own, or that of an API, in whatever form the adapter carries it. */
export interface BffAnswer<Body = never> {
  readonly status: number
  readonly headers: HeaderList
  readonly body: string | Body | undefined
}

/** A request to an API, with its credential. */
export interface UpstreamCall {
  readonly method: string
  /** Such as `https://api.example.com`. */
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** For how long to wait for the head of the answer. */
  readonly answerWithin: Milliseconds
}

/** What an API answered, before its body was read. */
export interface UpstreamAnswer<Body> {
  readonly status: number
  /** Each name in lower case. */
  readonly headers: HeaderList
  readonly body: Body | undefined
  /** Gives the answer up unread. */
  discard(): void
}

/** The way to an API for the body of one request; an adapter makes it. */
export interface Upstream<Body> {
  /** Sends the request with that body. Rejects with TransportError `network_failed` or `timed_out` where no answer came. */
  send(call: UpstreamCall): Promise<UpstreamAnswer<Body>>
  /** Whether the body can be sent once more after a first `send`. */
  canRepeat(): boolean
}

/** Answers one request, whatever form the server has for it. */
export type Handle = <Body>(request: BffRequest, upstream: Upstream<Body>) => Promise<BffAnswer<Body>>

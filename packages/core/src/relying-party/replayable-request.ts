/** A request, and the way to have it again. */
export interface ReplayableRequest {
  readonly request: Request
  /** The request once more; undefined where its body was a stream, which went out with the first attempt. */
  again(): Promise<Request | undefined>
}

/**
 * Makes a request that can be made again. The body of a `Request` object is kept in memory until the answer comes;
 * what is too large for that is given as a stream, or as a file, in `init`.
 */
export function createReplayableRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
): ReplayableRequest {
  const make = (): Request =>
    new Request(input instanceof Request ? input.clone() : input, { ...init, redirect: 'manual' })
  const isStream = init?.body instanceof ReadableStream
  return { request: make(), again: async () => (isStream ? undefined : make()) }
}

/** The refresh requests that reach an authorization server. */
export interface RefreshRequests {
  /** How many came so far. */
  count(): number
  /** Holds the next one: `before` the server has carried it out, or its answer `after`. */
  hold(when: 'before' | 'after'): HeldRefresh
}

export interface HeldRefresh {
  /** Resolves once the request is held. */
  readonly held: Promise<void>
  /** Lets it go on. */
  release(): void
}

type Handler = (request: Request) => Promise<Response>

/** Puts a counter and a barrier before the server: `handler` is what is to be served. */
export function watchRefreshes(server: Handler): RefreshRequests & { readonly handler: Handler } {
  let count = 0
  let onHold: { readonly when: 'before' | 'after'; readonly enter: () => Promise<void> } | undefined
  return {
    handler: async (request) => {
      const isToken = request.method === 'POST' && new URL(request.url).pathname.endsWith('/token')
      const isRefresh = isToken && (await request.clone().text()).includes('grant_type=refresh_token')
      if (!isRefresh) return server(request)
      count += 1
      const held = onHold
      onHold = undefined
      if (held?.when === 'before') await held.enter()
      const response = await server(request)
      if (held?.when === 'after') await held.enter()
      return response
    },
    count: () => count,
    hold: (when) => {
      let release = (): void => undefined
      const released = new Promise<void>((resolve) => (release = resolve))
      const held = new Promise<void>((resolve) => {
        onHold = {
          when,
          enter: () => {
            resolve()
            return released
          },
        }
      })
      return { held, release }
    },
  }
}

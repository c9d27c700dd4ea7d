import type { Http } from '@oauth-concierge/core'

/**
 * Makes the answers of a fetch without streams, as React Native's is, such as the core reads: with a body, and with a redirect told as one. That fetch
 * follows redirects whatever it is told, so what was sent has gone there; but nothing that came from there is believed.
 */
export function readWholeAnswers(http: Http): Http {
  return async (url, init) => {
    const response = await http(url, init)
    if ((response as { readonly body?: unknown }).body !== undefined) return response
    const wasRedirected = response.url !== '' && new URL(response.url).href !== new URL(url).href
    return Object.defineProperties(response, {
      body: { value: { getReader: () => readerOf(response) } },
      ...(wasRedirected && { type: { value: 'opaqueredirect' } }),
    })
  }
}

/** Gives the whole body at once, and is asked for it only when somebody reads. */
function readerOf(response: Response): Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'> {
  let isRead = false
  return {
    read: async () => {
      if (isRead) return { done: true, value: undefined }
      isRead = true
      return { done: false, value: new Uint8Array(await response.arrayBuffer()) }
    },
    cancel: async () => undefined,
  }
}

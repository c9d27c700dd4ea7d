import type { Http } from '@oauth-concierge/core'
import type { Network } from './visit.ts'

/** A network that remembers what it carried, and may lose an answer. */
export function createNetwork(http: Http): Network & { readonly http: Http } {
  const seen: { readonly address: string; readonly form: URLSearchParams }[] = []
  let isLosing = false
  return {
    http: async (url, init) => {
      const form = new URLSearchParams(String(init.body ?? ''))
      seen.push({ address: url.replace(/[?#].*$/, ''), form })
      const response = await http(url, init)
      if (!isLosing || !form.has('grant_type')) return response
      isLosing = false
      await response.body?.cancel()
      throw new TypeError('fetch failed')
    },
    requestsTo: (end) => seen.filter(({ address }) => address.endsWith(end)).map(({ form }) => form),
    loseTokenAnswer: () => {
      isLosing = true
    },
  }
}

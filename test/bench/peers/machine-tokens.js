// Peers that keep tokens of machines, over a network that answers at once.
import { JWT } from 'google-auth-library'

/** By name of contestant: a call for one of many tokens, each of an account of its own. */
export const machineTokens = {
  'google-auth-library 11.3.4 (a client each)': async (pem) => {
    let requests = 0
    const clients = new Map()
    const transport = () => {
      requests += 1
      const access_token = String(requests).padStart(900, 'x')
      return Promise.resolve({ data: { access_token, token_type: 'Bearer', expires_in: 3600 } })
    }
    const clientOf = (index) => {
      const known = clients.get(index)
      if (known) return known
      const client = new JWT({ email: `s${index}@example.com`, key: pem, scopes: ['orders.read'] })
      client.transporter.request = transport
      clients.set(index, client)
      return client
    }
    return { get: async (index) => (await clientOf(index).getAccessToken()).token, requests: () => requests }
  },
}

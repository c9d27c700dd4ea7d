// The floor with a verified ID token and one refresh across tabs, tokens in localStorage.
import { createFloor } from './lib/floor-with-signature.js'

export const { start, login, getAccessToken, logout } = createFloor({
  read: async () => JSON.parse(localStorage.tokens ?? 'null'),
  write: async (tokens) => {
    localStorage.tokens = JSON.stringify(tokens)
  },
})

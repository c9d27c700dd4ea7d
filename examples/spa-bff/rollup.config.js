import { fileURLToPath } from 'node:url'
import spa from '../spa/rollup.config.js'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/** The page of `spa`, but for the one module that makes the session. */
const ownSession = {
  name: 'own-session',
  resolveId: (source) => (source.endsWith('/auth.ts') ? here('src/auth.ts') : null),
}

export default {
  ...spa,
  input: [here('../spa/src/main.ts'), here('src/auth.ts')],
  plugins: [ownSession, ...spa.plugins],
  output: { ...spa.output, manualChunks: { concierge: ['@oauth-concierge/browser/bff'] } },
}

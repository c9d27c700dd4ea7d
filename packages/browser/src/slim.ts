export type { Auth } from './auth.ts'
export { createAuth, type SlimAuthOptions } from './create-slim-auth.ts'
export { workerTokens, type WorkerTokenStore } from './worker/worker-tokens.ts'

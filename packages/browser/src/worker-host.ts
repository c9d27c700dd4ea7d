export { serveEngines, type WorkerOptions } from './worker/serve-engines.ts'

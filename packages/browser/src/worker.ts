import { serveEngines } from './worker/serve-engines.ts'

serveEngines()

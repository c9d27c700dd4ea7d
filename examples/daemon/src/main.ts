import { setTimeout } from 'node:timers/promises'
import { runWorker } from './run-worker.ts'

const { KEY_FILE = 'sa.json', API = 'https://api.example.com' } = process.env

await runWorker({
  keyFile: KEY_FILE,
  api: API,
  nextTurn: () => setTimeout(1_000, true),
  onCall: ({ ok, result }) => console.log(new Date().toISOString(), ok ? 'done' : 'FAILED', result),
})

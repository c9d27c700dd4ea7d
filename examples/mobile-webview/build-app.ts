import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Builds the app into `dist`. The packages must be built before.
 * @throws Error with rollup's own words
 */
export function buildApp(): void {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const rollup = ['node_modules/rollup/dist/bin/rollup', '--config', 'rollup.config.js', '--silent']
  const { status, stderr } = spawnSync(process.execPath, rollup, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The example could not be built. Are the packages built?\n${stderr}`)
}

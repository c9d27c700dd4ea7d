import { spawnSync } from 'node:child_process'

/**
 * Builds the packages, quietly.
 * @throws Error with the words of the tool that failed
 */
export function buildPackages(): void {
  const pnpm = process.env['npm_execpath'] ?? 'pnpm'
  const { status, stdout, stderr } = spawnSync(pnpm, ['build'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The packages could not be built.\n${stdout}\n${stderr}`)
}

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const peersUrl = new URL('./peers/', import.meta.url)
const rootManifest = new URL('../../package.json', import.meta.url)

/** The pnpm that runs us, or the pinned one when something else does. */
function pnpmCommand(): [string, ...string[]] {
  const { npm_execpath: path, npm_config_user_agent: agent = '' } = process.env
  if (path && agent.startsWith('pnpm/')) return /\.[cm]?js$/.test(path) ? [process.execPath, path] : [path]
  const { packageManager } = JSON.parse(readFileSync(rootManifest, 'utf8')) as { packageManager: string }
  return ['npx', '-y', packageManager]
}

/** Installs the peers from their own lockfile; a second call has nothing to do. */
export function installPeers(): void {
  const [command, ...prefix] = pnpmCommand()
  const { status } = spawnSync(command, [...prefix, 'install', '--frozen-lockfile', '--reporter=silent'], {
    cwd: fileURLToPath(peersUrl),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error('the peers could not be installed')
}

/** A module of `peers`, loaded only once the peers are there. It is plain JavaScript, so the caller names its type. */
export async function importFromPeers<T>(file: string): Promise<T> {
  return (await import(new URL(file, peersUrl).href)) as T
}

/** The path of a file in `peers`. */
export function peerPath(file: string): string {
  return fileURLToPath(new URL(file, peersUrl))
}

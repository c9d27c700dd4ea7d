import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** The published packages, by folder name. */
export const publishedPackages: readonly string[] = readdirSync(join(root, 'packages')).sort()

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly [member: string]: unknown
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest
}

/** Packs every package as it would be published; gives the tarball of each folder. */
export function packAll(): ReadonlyMap<string, string> {
  const destination = join(root, '.artifacts', 'tarballs')
  rmSync(destination, { recursive: true, force: true })
  mkdirSync(destination, { recursive: true })
  return new Map(publishedPackages.map((folder) => [folder, pack(folder, destination)]))
}

function pack(folder: string, destination: string): string {
  const { name, version } = readManifest(folder)
  const pnpm = process.env['npm_execpath'] ?? 'pnpm'
  execFileSync(pnpm, ['pack', '--pack-destination', destination], {
    cwd: join(root, 'packages', folder),
    stdio: 'pipe',
  })
  return join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
}

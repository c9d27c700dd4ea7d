import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { beforeAll, describe, expect, it } from 'vitest'
import { packAll, publishedPackages, readManifest, root } from './tarballs.ts'

const machineNode = '/usr/bin/node'

/** The Node that runs the tests, and the machine's own where there is one: it may be older. */
const nodes = [
  { name: 'the Node of the tests', path: process.execPath },
  ...(existsSync(machineNode) ? [{ name: "the machine's Node", path: machineNode }] : []),
]

let tarballs: ReadonlyMap<string, string>
let consumer: string

beforeAll(() => {
  tarballs = packAll()
  consumer = installAll(tarballs)
})

/** A folder in which all packages are installed from their tarballs, with their dependencies linked from the workspace. */
function installAll(all: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'concierge-consumer-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, tarball] of all) {
    const target = join(folder, 'node_modules', readManifest(name).name)
    mkdirSync(target, { recursive: true })
    execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
    linkDependencies(name, folder)
  }
  return folder
}

/** Peers are there as well: an optional one is needed by the entry that is about it. */
function linkDependencies(name: string, folder: string): void {
  const { dependencies, peerDependencies } = readManifest(name)
  for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
    const target = join(folder, 'node_modules', dependency)
    if (dependency.startsWith('@oauth-concierge/') || existsSync(target)) continue
    mkdirSync(dirname(target), { recursive: true })
    symlinkSync(join(root, 'packages', name, 'node_modules', dependency), target)
  }
}

describe.each(publishedPackages)('the package %s', (folder) => {
  const manifest = readManifest(folder)
  const tarballOf = (): string => tarballs.get(folder) ?? ''

  it('has nothing that publint objects to', async () => {
    const { messages, pkg } = await publint({
      pkgDir: join(consumer, 'node_modules', manifest.name),
      strict: true,
    })
    expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([])
  })

  it('has types that resolve for every kind of ESM consumer', () => {
    const attw = join(root, 'node_modules/.bin/attw')
    const { status, stdout } = spawnSync(attw, [tarballOf(), '--profile', 'esm-only', '--no-emoji'], {
      encoding: 'utf8',
    })
    expect(status, stdout).toBe(0)
  })

  it.each(nodes)('is imported by $name without doing anything', ({ path }) => {
    // A file that stands alone is loaded as it is, never imported.
    const modules = Object.keys(manifest.exports).filter((entry) => !/\.js(on)?$/.test(entry))
    const entries = modules.map((entry) => manifest.name + entry.slice(1))
    const program = entries.map((entry) => `await import('${entry}');`).join('\n')
    const { status, stdout, stderr } = spawnSync(path, ['--input-type=module', '-e', program], {
      cwd: consumer,
      encoding: 'utf8',
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('ships its build, licence and README, and no tests', () => {
    const files = execFileSync('tar', ['-tzf', tarballOf()], { encoding: 'utf8' }).split('\n')
    expect(files).toEqual(
      expect.arrayContaining([
        'package/LICENSE',
        'package/README.md',
        'package/dist/index.js',
        'package/dist/index.d.ts',
      ]),
    )
    expect(files.filter((file) => /\.test\.|tsbuildinfo|\/src\//.test(file))).toEqual([])
  })

  it('is ESM only, free of side effects, with exact dependencies', () => {
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, license: 'MIT' })
    for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
      expect(version, name).toMatch(/^(workspace:\*|\d+\.\d+\.\d+)$/)
    }
  })
})

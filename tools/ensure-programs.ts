import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** A program that some tests drive and that no package of the registry brings. */
interface Program {
  /** What people call it. */
  readonly title: string
  /** Names another place than the usual ones. */
  readonly variable: string
  readonly places: readonly string[]
  /** Debian's packages that bring it and what it needs. */
  readonly packages: readonly string[]
}

const programs = {
  chromium: {
    title: 'Chromium',
    variable: 'CONCIERGE_CHROMIUM',
    places: [
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    packages: ['chromium', 'fonts-liberation'],
  },
  firefox: {
    title: 'Firefox',
    variable: 'CONCIERGE_FIREFOX',
    places: ['/usr/bin/firefox-esr'],
    packages: ['firefox-esr'],
  },
  webkit: {
    title: 'WebKitGTK with its driver',
    variable: 'CONCIERGE_WEBKIT_DRIVER',
    places: ['/usr/bin/WebKitWebDriver'],
    packages: ['webkit2gtk-driver', 'xvfb', 'xauth'],
  },
  gjs: {
    title: 'gjs with WebKitGTK',
    variable: 'CONCIERGE_GJS',
    places: ['/usr/bin/gjs'],
    packages: ['gjs', 'gir1.2-webkit2-4.1', 'xvfb', 'xauth'],
  },
  redis: {
    title: 'Redis',
    variable: 'CONCIERGE_REDIS',
    places: ['/usr/bin/redis-server', '/usr/bin/valkey-server'],
    packages: ['redis-server'],
  },
} satisfies Record<string, Program>

export type ProgramName = keyof typeof programs

/** Where a program is on this machine: the place that its variable names, else the usual ones. */
export function findProgram(name: ProgramName): string | undefined {
  const { variable, places } = programs[name]
  return [process.env[variable], ...places].find((path) => path !== undefined && existsSync(path))
}

/**
 * Whether tests must fail rather than be skipped where a program is missing: where nobody looks on, that must not pass for a green run.
 */
export function mustHavePrograms(): boolean {
  return process.env['CONCIERGE_REQUIRE_PROGRAMS'] === '1'
}

/** Installs what is missing by Debian's package manager, where there is one and we may; gives the names of what is missing still. */
export function ensurePrograms(names: readonly ProgramName[]): readonly ProgramName[] {
  const missing = names.filter((name) => !findProgram(name))
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return missing
  const titles = missing.map((name) => programs[name].title).join(', ')
  console.log(`Not here: ${titles}. Installing with apt-get, which takes a minute or two …`)
  aptGet('update')
  aptGet('install', '-y', '--no-install-recommends', ...missing.flatMap((name) => programs[name].packages))
  return missing.filter((name) => !findProgram(name))
}

function aptGet(...words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['-qq', ...words], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** What to tell somebody without a program. */
export function howToGet(name: ProgramName): string {
  const { title, variable, packages } = programs[name]
  return `For ${title}: \`apt-get install ${packages.join(' ')}\`, or point ${variable} at the program.`
}

/** Where a program is that whoever asks cannot do without. @throws Error that says how to get it */
export function requireProgram(name: ProgramName): string {
  const path = findProgram(name)
  if (path === undefined) throw new Error(`${programs[name].title} was not found. ${howToGet(name)}`)
  return path
}

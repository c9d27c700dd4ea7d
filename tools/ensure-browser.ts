import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The path of a Chromium on this machine: `CONCIERGE_CHROMIUM` if set, else the usual places. */
export function findChromium(): string | undefined {
  return [process.env['CONCIERGE_CHROMIUM'], ...places].find((path) => path !== undefined && existsSync(path))
}

/** The same, installed by Debian's package manager first where it is missing and we are root. */
export async function ensureChromium(): Promise<string | undefined> {
  const found = findChromium()
  if (found || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return found
  console.log('No Chromium here: installing it with apt-get, which takes a minute or two …')
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'] as const,
  }
  spawnSync('apt-get', ['update', '-qq'], { ...options, stdio: [...options.stdio] })
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'], {
    ...options,
    stdio: [...options.stdio],
  })
  return findChromium()
}

/** What to tell somebody without a browser. */
export const howToGetChromium: string =
  'Get one with `apt-get install chromium`, or point CONCIERGE_CHROMIUM at the program of a Chromium or Chrome.'

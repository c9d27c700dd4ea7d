import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Opens an address in a Chromium that nothing is attached to: one that is watched renders no page ahead of time.
 * @returns the way to close it
 */
export function openUnwatched(executablePath: string, url: string): () => Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'concierge-profile-'))
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-dev-shm-usage',
  ]
  const child = spawn(executablePath, [...flags, `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return async () => {
    if (child.pid !== undefined) process.kill(-child.pid)
    await ended
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

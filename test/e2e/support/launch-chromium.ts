import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

/**
 * Starts a headless Chromium that talks to nobody by itself.
 * @param asUsers what Playwright switches off and users have, as flags such as `--disable-popup-blocking`
 */
export function launchChromium(executablePath: string, asUsers: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: quiet, ignoreDefaultArgs: [...asUsers] })
}

/** A Chromium with a profile that lets the pages of other sites, inside a page, have storage and cookies. */
export async function launchWithThirdPartyStorage(
  executablePath: string,
  onCleanup: (end: () => Promise<void>) => void,
): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'concierge-profile-'))
  mkdirSync(join(profile, 'Default'))
  const preferences = { profile: { cookie_controls_mode: 0, block_third_party_cookies: false } }
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences))
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: quiet })
  onCleanup(async () => {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  })
  return context
}

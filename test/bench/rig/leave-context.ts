import type { BrowserContext } from 'playwright-core'

/**
 * Closes the pages of a profile; the profile itself goes with the browser. To close it would wait for a shared worker with an extended lifetime,
 * which outlives its pages, and Chromium opens no other page meanwhile.
 */
export async function leaveContext(context: BrowserContext): Promise<void> {
  await Promise.all(context.pages().map((page) => page.close()))
}

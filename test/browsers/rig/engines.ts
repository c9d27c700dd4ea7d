import { describe } from 'vitest'
import { findProgram, mustHavePrograms, requireProgram } from '../../../tools/ensure-programs.ts'
import { openChromium, openFirefox } from './playwright-browser.ts'
import type { RigBrowser } from './rig-page.ts'
import { openWebKit } from './webkit-browser.ts'

const openers = { chromium: openChromium, firefox: openFirefox, webkit: openWebKit }

export type Engine = keyof typeof openers

const allEngines = Object.keys(openers) as readonly Engine[]

/** Starts a browser of this engine with a profile of its own. Close it. */
export function openBrowser(engine: Engine): Promise<RigBrowser> {
  return openers[engine](requireProgram(engine))
}

/** Describes the same behaviour in each engine; one that is missing on this machine is skipped, unless none may be. */
export function describeInEngines(
  title: string,
  describeIn: (engine: Engine) => void,
  engines = allEngines,
): void {
  for (const engine of engines) {
    const isHere = findProgram(engine) !== undefined || mustHavePrograms()
    describe.skipIf(!isHere)(`${title} in ${engine}`, () => describeIn(engine))
  }
}

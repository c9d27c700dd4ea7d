import { mkdirSync, rmSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchChromium } from '../../test/e2e/support/launch-chromium.ts'
import { createVisitor, type Visitor } from '../../test/e2e/support/visitor.ts'
import type { DemoKind } from './demo-kind.ts'
import type { Step } from './journey.ts'

/** Where the screenshots of a demo go. */
const artifactsOf = ({ name }: DemoKind): string =>
  fileURLToPath(new URL(`../../.artifacts/demo/${name}/`, import.meta.url))

/** The windows that the journey is made in. */
export const windows = {
  desktop: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    colorScheme: 'dark',
  },
} as const

/** The step that went wrong. */
export interface FailedStep {
  readonly step: string
  readonly reason: string
  readonly screenshot: string
}

/** Makes the whole journey in each window, with a screenshot of each step; stops at the first step that fails. */
export async function checkDemo(kind: DemoKind, chromium: string): Promise<FailedStep | undefined> {
  rmSync(artifactsOf(kind), { recursive: true, force: true })
  const browser = await launchChromium(chromium)
  try {
    for (const [name, options] of Object.entries(windows)) {
      // Servers of its own: the consent given in one window would spare the consent page in the next.
      const demo = await kind.start()
      const context = await browser.newContext({ locale: 'en-GB', ...options })
      context.setDefaultTimeout(10_000)
      console.log(`\n  On a ${name}, ${options.viewport.width} × ${options.viewport.height}:`)
      const directory = `${artifactsOf(kind)}${name}`
      const visitor = createVisitor(await context.newPage(), demo)
      const failed = await travel(visitor, kind.journey, directory).finally(() => demo.close())
      if (failed) return failed
    }
    return undefined
  } finally {
    await browser.close()
  }
}

async function travel(
  visitor: Visitor,
  journey: readonly Step[],
  directory: string,
): Promise<FailedStep | undefined> {
  mkdirSync(directory, { recursive: true })
  await visitor.holdTime()
  for (const [index, step] of journey.entries()) {
    const file = `${String(index + 1).padStart(2, '0')}-${step.name.replaceAll(/\W+/g, '-')}.png`
    const path = `${directory}/${file}`
    const error = await step.run(visitor).then(
      () => undefined,
      (error: Error) => error,
    )
    await visitor.page.screenshot({ path, fullPage: true, animations: 'disabled' }).catch(() => undefined)
    if (error) return { step: step.name, reason: firstLine(error), screenshot: relative('.', path) }
    console.log(`  ✓ ${step.name}`)
  }
  return undefined
}

const firstLine = ({ message }: Error): string => message.split('\n', 1)[0] ?? ''

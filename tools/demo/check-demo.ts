import { mkdirSync, rmSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startDemo } from '../../examples/spa/server/start-demo.ts'
import { launchChromium } from '../../test/e2e/support/launch-chromium.ts'
import { createVisitor, type Visitor } from '../../test/e2e/support/visitor.ts'
import { journey } from './journey.ts'

const artifacts = fileURLToPath(new URL('../../.artifacts/demo/', import.meta.url))

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
export async function checkDemo(chromium: string): Promise<FailedStep | undefined> {
  rmSync(artifacts, { recursive: true, force: true })
  const browser = await launchChromium(chromium)
  try {
    for (const [name, options] of Object.entries(windows)) {
      // Servers of its own: the consent given in one window would spare the consent page in the next.
      const demo = await startDemo()
      const context = await browser.newContext({ locale: 'en-GB', ...options })
      context.setDefaultTimeout(10_000)
      console.log(`\n  On a ${name}, ${options.viewport.width} × ${options.viewport.height}:`)
      const failed = await travel(name, createVisitor(await context.newPage(), demo)).finally(() =>
        demo.close(),
      )
      if (failed) return failed
    }
    return undefined
  } finally {
    await browser.close()
  }
}

async function travel(name: string, visitor: Visitor): Promise<FailedStep | undefined> {
  mkdirSync(`${artifacts}${name}`, { recursive: true })
  await visitor.holdTime()
  for (const [index, step] of journey.entries()) {
    const file = `${String(index + 1).padStart(2, '0')}-${step.name.replaceAll(/\W+/g, '-')}.png`
    const path = `${artifacts}${name}/${file}`
    const error = await step.run(visitor).then(
      () => undefined,
      (error: Error) => error,
    )
    await visitor.page.screenshot({ path, fullPage: true, animations: 'disabled' }).catch(() => undefined)
    if (error)
      return { step: `${step.name} (${name})`, reason: firstLine(error), screenshot: relative('.', path) }
    console.log(`  ✓ ${step.name}`)
  }
  return undefined
}

const firstLine = ({ message }: Error): string => message.split('\n', 1)[0] ?? ''

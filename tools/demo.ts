import { build, isDemoName } from './demo/build.ts'
import type { DemoKind } from './demo/demo-kind.ts'
import { showDaemon } from './demo/daemon/show-daemon.ts'
import { ensurePrograms, findProgram, howToGet } from './ensure-programs.ts'

const titles = {
  spa: 'a login in a single-page app',
  bff: 'a single-page app behind a backend for frontend',
}
const isCheck = process.argv.includes('--check')
const name = process.argv.slice(2).find((word) => !word.startsWith('--')) ?? 'spa'

try {
  if (name === 'daemon') {
    await showDaemon(isCheck)
    process.exit(0)
  }
  if (!isDemoName(name))
    throw new Error(`There is no demo ${name}, only ${[...Object.keys(titles), 'daemon'].join(', ')}.`)
  console.log(`\n  Concierge: ${titles[name]}\n`)
  const startedAt = performance.now()
  build(name)
  console.log(`  ✓ built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  // Loaded only now, because it needs what was just built.
  const { demoKind } = (await import(`./demo/${name}-demo.ts`)) as { readonly demoKind: DemoKind }
  if (isCheck) await check(demoKind)
  else await serve(demoKind)
  process.exit(0)
} catch (error) {
  console.error(`\n  ✗ ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

async function serve(kind: DemoKind): Promise<void> {
  const { serveDemo } = await import('./demo/serve-demo.ts')
  await serveDemo(kind)
}

/** @throws Error that names the step that failed */
async function check(kind: DemoKind): Promise<void> {
  ensurePrograms(['chromium'])
  const chromium = findProgram('chromium')
  if (!chromium)
    throw new Error(`The journey needs a Chromium, and there is none here. ${howToGet('chromium')}`)
  const { checkDemo } = await import('./demo/check-demo.ts')
  const failed = await checkDemo(kind, chromium)
  if (failed)
    throw new Error(`Step failed: ${failed.step}\n    ${failed.reason}\n    Screenshot: ${failed.screenshot}`)
  console.log(`\n  All steps done. Screenshots: .artifacts/demo/${kind.name}/\n`)
}

import { build } from './demo/build.ts'
import { showDaemon } from './demo/daemon/show-daemon.ts'
import { ensurePrograms, findProgram, howToGet } from './ensure-programs.ts'

const isCheck = process.argv.includes('--check')

try {
  if (process.argv.includes('daemon')) {
    await showDaemon(isCheck)
    process.exit(0)
  }
  console.log('\n  Concierge: a login in a single-page app\n')
  const startedAt = performance.now()
  build()
  console.log(`  ✓ built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  if (isCheck) await check()
  else await serve()
  process.exit(0)
} catch (error) {
  console.error(`\n  ✗ ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

/** Loaded only now, because it needs what was just built. */
async function serve(): Promise<void> {
  const { serveDemo } = await import('./demo/serve-demo.ts')
  await serveDemo()
}

/** @throws Error that names the step that failed */
async function check(): Promise<void> {
  ensurePrograms(['chromium'])
  const chromium = findProgram('chromium')
  if (!chromium)
    throw new Error(`The journey needs a Chromium, and there is none here. ${howToGet('chromium')}`)
  const { checkDemo } = await import('./demo/check-demo.ts')
  const failed = await checkDemo(chromium)
  if (failed)
    throw new Error(`Step failed: ${failed.step}\n    ${failed.reason}\n    Screenshot: ${failed.screenshot}`)
  console.log('\n  All steps done. Screenshots: .artifacts/demo/\n')
}

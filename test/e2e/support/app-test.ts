import { test as base } from 'vitest'
import { buildApp } from '../../../examples/mobile-webview/build-app.ts'
import { startAppDemo } from '../../../examples/mobile-webview/server/start-app-demo.ts'
import { requireProgram } from '../../../tools/ensure-programs.ts'
import { launchChromium } from './launch-chromium.ts'

/** Tests of the app, with an authorization server and a browser. */
export const appTest = base
  .extend('start', { scope: 'file' }, () => {
    buildApp()
    return startAppDemo
  })
  .extend('demo', { scope: 'file' }, async ({ start }, { onCleanup }) => {
    const demo = await start()
    onCleanup(() => demo.close())
    return demo
  })
  .extend('program', { scope: 'file' }, () => requireProgram('chromium'))
  .extend('chromium', { scope: 'file' }, async ({ program }, { onCleanup }) => {
    const browser = await launchChromium(program)
    onCleanup(() => browser.close())
    return browser
  })

import { buildSpaBff } from '../../../examples/spa-bff/build-spa-bff.ts'
import { startBffDemo } from '../../../examples/spa-bff/server/start-bff-demo.ts'
import { test as spaTest } from './test.ts'

/** The same visitors, of the page behind its BFF. */
export const test = spaTest.extend('start', { scope: 'file' }, () => {
  buildSpaBff()
  return startBffDemo
})

import { buildSpaBff } from '../../examples/spa-bff/build-spa-bff.ts'
import { buildSpa } from '../../examples/spa/build-spa.ts'
import { buildPackages } from './build-packages.ts'

const pages = { spa: buildSpa, bff: buildSpaBff }

/** What there is to show. */
export type DemoName = keyof typeof pages

/** Whether there is such a demo. */
export const isDemoName = (name: string): name is DemoName => Object.hasOwn(pages, name)

/**
 * Builds the packages and the example, quietly.
 * @throws Error with the words of the tool that failed
 */
export function build(name: DemoName): void {
  buildPackages()
  pages[name]()
}

import { buildSpa } from '../../examples/spa/build-spa.ts'
import { buildPackages } from './build-packages.ts'

/**
 * Builds the packages and the example, quietly.
 * @throws Error with the words of the tool that failed
 */
export function build(): void {
  buildPackages()
  buildSpa()
}

import { buildExample } from '../spa/build-spa.ts'

/** Builds the app into `dist`. The packages must be built before. @throws Error with rollup's own words */
export const buildApp = (): void => buildExample(new URL('.', import.meta.url))

import type { Demo, DemoOptions } from '../../examples/spa/server/start-demo.ts'
import type { Step } from './journey.ts'

/** What can be shown: an example with everything it needs. */
export interface DemoKind {
  readonly name: string
  start(options?: DemoOptions): Promise<Demo>
  /** What a visitor does in it, in order. */
  readonly journey: readonly Step[]
  /** What is behind it beside the two servers, in words. */
  behind(demo: Demo): string | undefined
  /** What to try out. */
  thingsToTry(demo: Demo): readonly string[]
}

import { expect } from 'vitest'
import type { Step } from '../../../tools/demo/journey.ts'
import type { Visitor } from './visitor.ts'

/** Makes a journey and looks after each step whether the page is wider than the screen. */
export async function fitsTheScreen(visitor: Visitor, journey: readonly Step[]): Promise<void> {
  await visitor.holdTime()
  for (const step of journey) {
    await step.run(visitor)
    const overflow = await visitor.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow, step.name).toBe(0)
  }
}

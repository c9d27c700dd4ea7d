import { expect } from 'vitest'
import { journey } from '../../tools/demo/journey.ts'
import { windows } from '../../tools/demo/check-demo.ts'
import { describeInBrowser, test } from './support/test.ts'

describeInBrowser('on a phone', () => {
  test.override('contextOptions', { ...windows.phone, viewport: { width: 360, height: 740 } })

  test('the whole journey fits a narrow screen', async ({ visitor }) => {
    await visitor.holdTime()
    for (const step of journey) {
      await step.run(visitor)
      const overflow = await visitor.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow, step.name).toBe(0)
    }
  })
})

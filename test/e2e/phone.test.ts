import { windows } from '../../tools/demo/check-demo.ts'
import { journey } from '../../tools/demo/journey.ts'
import { fitsTheScreen } from './support/fits-the-screen.ts'
import { describeInBrowser, test } from './support/test.ts'

describeInBrowser('on a phone', () => {
  test.override('contextOptions', { ...windows.phone, viewport: { width: 360, height: 740 } })

  test('the whole journey fits a narrow screen', ({ visitor }) => fitsTheScreen(visitor, journey))
})

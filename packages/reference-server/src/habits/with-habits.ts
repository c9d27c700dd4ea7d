import type { Dialect } from '../context.ts'
import type { Habits } from './habits.ts'
import { withEndpointHabits } from './endpoint-habits.ts'
import { withMetadataHabits } from './metadata-habits.ts'
import { withRequestHabits } from './request-habits.ts'
import { withTokenHabits } from './token-habits.ts'

/** The dialect as a server with these habits speaks it. */
export function withHabits(dialect: Dialect, habits: Habits): Dialect {
  const layers = [withRequestHabits, withTokenHabits, withEndpointHabits, withMetadataHabits]
  return layers.reduce((changed, layer) => ({ ...changed, ...layer(changed, habits) }), dialect)
}

import { describe, expect, it } from 'vitest'
import { errorFromData } from './error-data.ts'
import {
  ProtocolError,
  ServerError,
  SessionError,
  StorageError,
  TransportError,
  UsageError,
} from './errors.ts'

const errors = [
  new UsageError('invalid_configuration', 'a'),
  new TransportError('rate_limited', 'b', { status: 429, retryAfter: 7 }),
  new ServerError('request_refused', 'c', { error: 'invalid_grant', status: 400 }),
  new ProtocolError('clock_skew', 'd', { offset: -7_200 }),
  new StorageError('storage_failed', 'e'),
  new SessionError('step_up_required', 'f', { acrValues: ['gold'], maxAge: 5 }),
]

describe('an error that crosses as plain data', () => {
  it.each(errors)('is what it was: $name', (error) => {
    const data = JSON.parse(JSON.stringify(error)) as Record<string, unknown>
    const back = errorFromData(data)
    expect(back).toBeInstanceOf(error.constructor)
    expect(back?.toJSON()).toEqual(error.toJSON())
  })

  it.each([{}, { name: 'Error', message: 'x' }, { name: 'constructor' }, { name: '__proto__' }])(
    'is none of ours: %j',
    (data) => {
      expect(errorFromData(data)).toBeUndefined()
    },
  )
})

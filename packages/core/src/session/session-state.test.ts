import { describe, expect, it, vi } from 'vitest'
import { createSessionState } from './session-state.ts'

describe('the session state', () => {
  it('starts in restoring and shows frozen snapshots', () => {
    const state = createSessionState()
    expect(state.get()).toEqual({ status: 'restoring' })
    state.set({ status: 'anonymous' })
    expect(Object.isFrozen(state.get())).toBe(true)
    expect(state.get()).toBe(state.get())
  })

  it('tells listeners of each change until they stop', () => {
    const state = createSessionState()
    const seen: string[] = []
    const stop = state.subscribe(() => seen.push(state.get().status))
    state.set({ status: 'anonymous' })
    stop()
    state.set({ status: 'restoring' })
    expect(seen).toEqual(['anonymous'])
  })

  it('lets no listener keep the others from hearing', () => {
    const reported = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => undefined)
    const state = createSessionState()
    const second = vi.fn<() => void>()
    state.subscribe(() => {
      throw new Error('a listener failed')
    })
    state.subscribe(second)
    state.set({ status: 'anonymous' })
    expect(second).toHaveBeenCalledOnce()
    expect(reported).toHaveBeenCalledOnce()
    reported.mockRestore()
  })
})

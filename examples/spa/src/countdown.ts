import { part } from './dom.ts'

let expiresAt: number | undefined
let lifetime = 0

/** Shows how long the access token still serves. @param end in seconds since 1970; undefined hides the countdown */
export function showCountdown(end: number | undefined): void {
  if (end === expiresAt) return
  expiresAt = end
  lifetime = secondsLeft()
  draw()
}

setInterval(draw, 1000)

function secondsLeft(): number {
  return expiresAt === undefined ? 0 : Math.max(0, Math.ceil(expiresAt - Date.now() / 1000))
}

function draw(): void {
  const left = secondsLeft()
  const bar = part('time-left') as HTMLProgressElement
  bar.max = Math.max(lifetime, 1)
  bar.value = left
  bar.dataset['level'] = left > lifetime / 4 ? 'good' : 'low'
  part('clock').textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
  part('clock-words').textContent =
    left > 0
      ? 'until the access token runs out'
      : 'The access token ran out. The next call fetches a new one.'
}

import { part, stamp } from '../../dom.ts'
import { joinTabs } from './all-tabs.ts'
import { arrange, type Moment } from './arrange.ts'
import { describeEvent } from './event-words.ts'
import { ownRecord } from './own-events.ts'

/** Draws what happens in all tabs, as it happens; gives the way to forget it. */
export function openTimeline(): { readonly forget: () => void } {
  let isDue = false
  const draw = (): void => {
    if (isDue) return
    isDue = true
    queueMicrotask(() => {
      isDue = false
      drawAll()
    })
  }
  const tabs = joinTabs(draw)
  const drawAll = (): void => {
    const { lanes, moments } = arrange(tabs.read(), ownRecord().id)
    drawLanes(lanes)
    drawMoments(moments, lanes)
  }
  draw()
  return { forget: tabs.forget }
}

function drawLanes(lanes: readonly string[]): void {
  part('timeline').style.setProperty('--lanes', String(lanes.length))
  part('lanes').replaceChildren(...lanes.map((name, lane) => inLane(stamp('lane', { name }), lane)))
}

function drawMoments(moments: readonly Moment[], lanes: readonly string[]): void {
  const frame = part('timeline')
  const wasAtEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 48
  part('moments').replaceChildren(...moments.map((moment) => drawMoment(moment, lanes)))
  part('no-moments').hidden = moments.length > 0
  if (wasAtEnd) frame.scrollTop = frame.scrollHeight
}

function drawMoment({ event, lane, after, isRepeated }: Moment, lanes: readonly string[]): HTMLElement {
  const { title, note } = describeEvent(event, isRepeated)
  const time =
    after === undefined ? new Date(event.at).toLocaleTimeString() : `+${after.toFixed(after < 10 ? 2 : 1)} s`
  const row = inLane(stamp('moment', { time, lane: lanes[lane] ?? '', title, note }), lane)
  row.dataset['kind'] = event.name
  if (after === undefined) row.dataset['first'] = ''
  if ('told' in event.detail) row.dataset['told'] = ''
  row.querySelector('use')?.setAttribute('href', `#icon-${event.name}`)
  return row
}

function inLane(element: HTMLElement, lane: number): HTMLElement {
  element.style.setProperty('--lane', String(lane))
  return element
}

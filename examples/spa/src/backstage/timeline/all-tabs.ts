import type { AuthEvent } from '@oauth-concierge/browser'
import { becomeAnotherTab, forgetOwnEvents, onOwnEvent, ownRecord, type TabRecord } from './own-events.ts'

/** What tabs tell each other, so that each can draw all. */
type Message =
  | { readonly hello: TabRecord; readonly page: string }
  | { readonly known: TabRecord }
  | { readonly event: AuthEvent; readonly of: string }
  | { readonly copied: string; readonly page: string }
  | { readonly forget: true }

/** The tabs of this app in this browser. */
export interface AllTabs {
  /** Every tab known, this one included, in the order they came. */
  read(): readonly TabRecord[]
  /** Forgets what happened, in all of them. */
  forget(): void
}

/** Joins the other tabs; calls `onChange` whenever something happens in any. Without a BroadcastChannel this tab is alone. */
export function joinTabs(onChange: () => void): AllTabs {
  const others = new Map<string, TabRecord>()
  const page = crypto.randomUUID()
  const channel = openChannel()
  const post = (message: Message): void => channel?.postMessage(message)
  const greet = (): void => post({ hello: ownRecord(), page })
  const forget = (): void => {
    forgetOwnEvents()
    for (const [id, tab] of others) others.set(id, { ...tab, events: [] })
  }
  const hear = (message: Message): void => {
    if ('hello' in message) {
      if (message.hello.id === ownRecord().id) return post({ copied: message.hello.id, page: message.page })
      others.set(message.hello.id, message.hello)
      post({ known: ownRecord() })
    } else if ('known' in message) others.set(message.known.id, message.known)
    else if ('event' in message) {
      const tab = others.get(message.of)
      if (tab) others.set(tab.id, { ...tab, events: [...tab.events, message.event] })
    } else if ('copied' in message) {
      if (message.page !== page) return
      becomeAnotherTab()
      greet()
    } else forget()
  }
  channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    hear(data)
    onChange()
  })
  onOwnEvent((event) => {
    post({ event, of: ownRecord().id })
    onChange()
  })
  addEventListener('pageshow', ({ persisted }) => persisted && greet())
  greet()
  return {
    read: () => [ownRecord(), ...others.values()].sort((one, other) => one.bornAt - other.bornAt),
    forget: () => {
      forget()
      post({ forget: true })
      onChange()
    },
  }
}

function openChannel(): BroadcastChannel | undefined {
  return typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('example:timeline')
}

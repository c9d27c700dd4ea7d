import { writeError } from './bridge-errors.ts'
import { readBridge, writeBridge } from './bridge-wire.ts'

/** A message as the web view hands it to the app; `nativeEvent` of react-native-webview is one. */
export interface BridgeMessage {
  readonly data: string
  /** The address of the page that sent it, or its origin. */
  readonly url: string
}

/** What the app does for a page, by what is asked. */
export type BridgeSkills = Readonly<
  Record<string, (request: Readonly<Record<string, unknown>>) => Promise<unknown>>
>

/** Does what a page of one of the `pages` asks, and gives the reply. Undefined where nobody may ask, or nothing is asked that we can do. */
export async function answerPage(
  pages: readonly string[],
  { data, url }: BridgeMessage,
  skills: BridgeSkills,
): Promise<string | undefined> {
  if (!URL.canParse(url) || !pages.includes(originOf(url))) return undefined
  const message = readBridge(data)
  if (!message) return undefined
  const { id, ask, ...request } = message
  const skill = Object.hasOwn(skills, String(ask)) ? skills[String(ask)] : undefined
  if (!skill) return undefined
  return skill(request).then(
    (value) => writeBridge({ id, value }),
    (error: unknown) => writeBridge({ id, error: writeError(error) }),
  )
}

/** Custom schemes have no origin for `URL`; theirs is scheme and host. */
export function originOf(url: string): string {
  const { protocol, host, origin } = new URL(url)
  return origin === 'null' ? `${protocol}//${host}` : origin
}

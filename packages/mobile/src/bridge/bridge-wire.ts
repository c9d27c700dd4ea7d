/** A message from the page: what it asks, and an id that is a secret between the two. Who cannot see the request cannot answer it. */
export interface BridgeRequest {
  readonly id: string
  readonly ask: string
  readonly [member: string]: unknown
}

/** What the app answers: a value, or an error as plain data. */
export interface BridgeReply {
  readonly id: string
  readonly value?: unknown
  readonly error?: Readonly<Record<string, unknown>>
}

const name = 'concierge-bridge'

/** Bridges carry texts. */
export function writeBridge(message: BridgeRequest | BridgeReply): string {
  return JSON.stringify({ [name]: message })
}

/** The message in a text; undefined for any text that is not ours. */
export function readBridge(
  text: unknown,
): { readonly id: string; readonly [member: string]: unknown } | undefined {
  try {
    const message = (
      JSON.parse(String(text)) as Record<string, { readonly id: string } | undefined> | null
    )?.[name]
    return typeof message?.id === 'string' ? message : undefined
  } catch {
    return undefined
  }
}

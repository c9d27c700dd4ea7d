import { auth } from './auth.ts'
import { config } from './config.ts'

/** An order as the API gives it. */
export interface Order {
  readonly id: string
  readonly item: string
  /** A date such as `2026-11-02`. */
  readonly placedOn: string
  readonly total: { readonly cents: number; readonly currency: string }
  readonly status: 'open' | 'delivered'
}

/** Which orders to show. */
export type OrderFilter = 'all' | 'open'

/** The API answered, but not with what was asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(status: number) {
    super(`The orders API answered with ${status}.`)
    this.status = status
  }
}

/**
 * The user's orders.
 * @throws ApiError; and whatever `auth.fetch` throws
 */
export async function listOrders(filter: OrderFilter): Promise<readonly Order[]> {
  const response = await auth.fetch(`${config.api}/orders?status=${filter}`)
  if (!response.ok) throw new ApiError(response.status)
  const { orders } = (await response.json()) as { orders: readonly Order[] }
  return orders
}

/**
 * Has the API refuse the access token from now on, as it might after an administrator's click.
 * The next call is answered with 401, and `auth.fetch` refreshes and repeats it: nobody notices.
 * @throws ApiError; and whatever `auth.fetch` throws
 */
export async function spoilAccessToken(): Promise<void> {
  const response = await auth.fetch(`${config.api}/refused-tokens`, { method: 'POST' })
  if (!response.ok) throw new ApiError(response.status)
}

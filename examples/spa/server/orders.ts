/** An order as it goes over the wire. */
export interface Order {
  readonly id: string
  readonly item: string
  /** A date such as `2026-11-02`. */
  readonly placedOn: string
  readonly total: { readonly cents: number; readonly currency: string }
  readonly status: 'open' | 'delivered'
}

const euros = (cents: number): Order['total'] => ({ cents, currency: 'EUR' })

/** What the API knows. */
export const orders: readonly Order[] = [
  {
    id: 'A-1048',
    item: 'Desk bell, brushed brass',
    placedOn: '2026-11-14',
    total: euros(4_900),
    status: 'open',
  },
  {
    id: 'A-1041',
    item: 'Key rack with twelve hooks',
    placedOn: '2026-11-02',
    total: euros(8_250),
    status: 'open',
  },
  {
    id: 'A-1017',
    item: 'Luggage labels, pack of 200',
    placedOn: '2026-09-21',
    total: euros(1_990),
    status: 'delivered',
  },
  {
    id: 'A-0986',
    item: 'Guest book, linen cover',
    placedOn: '2026-08-05',
    total: euros(3_400),
    status: 'delivered',
  },
]

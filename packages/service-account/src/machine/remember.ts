/** Makes a value once, at the first call, and gives it without waiting from then on. */
export function remember<Value>(make: () => Promise<Value>): () => Value | Promise<Value> {
  let made: { readonly value: Value } | undefined
  let making: Promise<Value> | undefined
  const start = async (): Promise<Value> => {
    const value = await make()
    made = { value }
    return value
  }
  return () => (made ? made.value : (making ??= start()))
}

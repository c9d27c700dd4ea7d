/*
 * Just enough of the curve P-256 to find the public half of a private key made from a seed, since not every
 * WebCrypto imports a private key alone. It takes no care of timing: such keys are no secret.
 * The numbers are those of SEC 2 section 2.4.2.
 */
const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
const generator: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
}

/** A point of the curve. */
export interface Point {
  readonly x: bigint
  readonly y: bigint
}

const reduce = (value: bigint): bigint => ((value % prime) + prime) % prime

/** By the extended Euclidean algorithm. */
function invert(value: bigint): bigint {
  let [a, b, x, y] = [prime, reduce(value), 0n, 1n]
  while (b > 1n) {
    const quotient = a / b
    ;[a, b, x, y] = [b, a % b, y, x - quotient * y]
  }
  return reduce(y)
}

function add(left: Point | undefined, right: Point): Point {
  if (!left) return right
  const isDoubling = left.x === right.x
  const rise = isDoubling ? 3n * left.x * left.x - 3n : right.y - left.y
  const slope = reduce(rise * invert(isDoubling ? 2n * left.y : right.x - left.x))
  const x = reduce(slope * slope - left.x - right.x)
  return { x, y: reduce(slope * (left.x - x) - left.y) }
}

/** The public point of a private key, a number from 1 to the order of the curve. */
export function publicPoint(privateKey: bigint): Point {
  let sum: Point | undefined
  let power = generator
  for (let rest = privateKey; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, power)
    power = add(power, power)
  }
  return sum ?? generator
}

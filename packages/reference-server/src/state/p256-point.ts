/*
 * Just enough of the curve P-256 to find the public half of a private key made from a seed, since not every
 * WebCrypto imports a private key alone. It takes no care of timing: such keys are no secret.
 * The numbers are those of SEC 2 section 2.4.2.
 */
const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n

/** A point of the curve. */
export interface Point {
  readonly x: bigint
  readonly y: bigint
}

const generator: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
}

/** Jacobian coordinates: the point (x / z², y / z³), which spares a division at each step. */
interface JacobianPoint extends Point {
  readonly z: bigint
}

const reduce = (value: bigint): bigint => ((value % prime) + prime) % prime

function double({ x, y, z }: JacobianPoint): JacobianPoint {
  const [zz, yy] = [reduce(z * z), reduce(y * y)]
  const beta = reduce(x * yy)
  const alpha = reduce(3n * (x - zz) * (x + zz))
  const doubled = reduce(alpha * alpha - 8n * beta)
  return { x: doubled, y: reduce(alpha * (4n * beta - doubled) - 8n * yy * yy), z: reduce(2n * y * z) }
}

function addGenerator({ x, y, z }: JacobianPoint): JacobianPoint {
  const zz = reduce(z * z)
  const run = reduce(generator.x * zz - x)
  const rise = reduce(generator.y * z * zz - y)
  const run2 = reduce(run * run)
  const run3 = reduce(run2 * run)
  const sum = reduce(rise * rise - run3 - 2n * x * run2)
  return { x: sum, y: reduce(rise * (x * run2 - sum) - y * run3), z: reduce(z * run) }
}

/** By the extended Euclidean algorithm. */
function invert(value: bigint): bigint {
  let [a, b, x, y] = [prime, value, 0n, 1n]
  while (b > 1n) {
    const quotient = a / b
    ;[a, b, x, y] = [b, a % b, y, x - quotient * y]
  }
  return reduce(y)
}

/** The public point of a private key, a number from 1 to the order of the curve. */
export function publicPoint(privateKey: bigint): Point {
  const [, ...bits] = privateKey.toString(2)
  let point: JacobianPoint = { ...generator, z: 1n }
  for (const bit of bits) point = bit === '1' ? addGenerator(double(point)) : double(point)
  const inverse = invert(point.z)
  const square = reduce(inverse * inverse)
  return { x: reduce(point.x * square), y: reduce(point.y * square * inverse) }
}

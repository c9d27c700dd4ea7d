/** Control characters, line separators, and what turns the direction of writing or cannot be seen: all of them can make a screen lie. */
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Text that somebody else wrote, so that it can do nothing to a terminal but be read. */
export function printable(text: string): string {
  return text.replace(unseen, escape)
}

/** A value as JSON that can do nothing to a terminal but be read. */
export function printableJson(value: unknown, indent?: number): string {
  return printable(JSON.stringify(value, undefined, indent) ?? '')
}

/** As JSON would have it. */
function escape(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

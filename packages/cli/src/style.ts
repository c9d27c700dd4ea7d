import { styleText } from 'node:util'

/** Ways to set text off. */
export interface Style {
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly warning: (text: string) => string
  readonly bad: (text: string) => string
}

type Format = Parameters<typeof styleText>[0]

/** Colours, or none of them. */
export function createStyle(hasColour: boolean): Style {
  const by =
    (format: Format) =>
    (text: string): string =>
      hasColour ? styleText(format, text, { validateStream: false }) : text
  return {
    strong: by('bold'),
    faint: by('dim'),
    good: by('green'),
    warning: by('yellow'),
    bad: by(['bold', 'red']),
  }
}

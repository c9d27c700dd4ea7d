import { wholeText } from '../ports/bounded-request.ts'

/** Puts a JSON answer into another form. One that is not a JSON object stays as it is. */
export async function amendAnswer(
  answer: Response,
  amend: (body: Record<string, unknown>) => Record<string, unknown>,
): Promise<Response> {
  const body = await readJsonObject(answer)
  const { status, headers } = answer
  return body ? Response.json(amend(body), { status, headers }) : answer
}

/** The JSON object that an answer holds, or nothing. The answer can still be read afterwards. */
export async function readJsonObject(answer: Response): Promise<Record<string, unknown> | undefined> {
  const text =
    wholeText(answer) ??
    (await answer
      .clone()
      .text()
      .catch(() => ''))
  const body = parseJson(text)
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  return isObject ? (body as Record<string, unknown>) : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

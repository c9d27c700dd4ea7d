import { type Given, prove } from './prove.ts'

declare const given: Given

/** For workerd: the proof as a worker. */
// oxlint-disable-next-line import/no-default-export -- a worker is a default export
export default {
  fetch: async (): Promise<Response> => {
    const outcome = await prove(given).catch((error: unknown) => ({
      error: String(error),
      code: Object(error).code,
    }))
    return Response.json(outcome)
  },
}

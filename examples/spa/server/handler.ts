/** Answers one request. */
export type Handler = (request: Request) => Promise<Response>

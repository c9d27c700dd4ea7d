/** One exchange over the network, in the shape of the global fetch. */
export type Http = (url: string, init: RequestInit) => Promise<Response>

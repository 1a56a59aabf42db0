/** Talk to the API beneath the page's own path. */

import { messages } from '../messages'

/** What went wrong, as RFC 9457 tells it; status 0 when there was no answer at all. */
export class Problem extends Error {
  readonly status: number
  readonly detail: string
  readonly answer: unknown // all that came, for who knows what it may be

  constructor(status: number, title: string, detail: string, answer?: unknown) {
    super(title)
    this.name = 'Problem'
    this.status = status
    this.detail = detail
    this.answer = answer
  }

  /** Whether the same request may well succeed later. */
  get passes(): boolean {
    return this.status === 0 || this.status >= 500
  }
}

export async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  return send<T>(path, { signal })
}

/** What came, and when that was by the server's clock, in whole seconds. */
export async function getDated<T>(path: string, signal: AbortSignal): Promise<[T, Date]> {
  const response = await reach(path, { signal })
  return [(await response.json()) as T, new Date(response.headers.get('Date') ?? Date.now())]
}

export async function post<T>(path: string, body: unknown, method = 'POST'): Promise<T> {
  return send<T>(path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** Delete something; an answer without a body is undefined. */
export async function remove<T = void>(path: string): Promise<T> {
  return send<T>(path, { method: 'DELETE' })
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  const response = await reach(path, init)
  const body = await response.text()
  return (body ? JSON.parse(body) : undefined) as T
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  const response = await ask(path, init)
  if (!response.ok) throw await readProblem(response)
  return response
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, document.baseURI), init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new Problem(0, messages.unreachable.title, messages.unreachable.detail)
  }
}

/** A proxy in front of Longbox may answer with a page of its own, so JSON is not a given. */
async function readProblem(response: Response): Promise<Problem> {
  const fallback = messages.refused(response.status)
  if (!response.headers.get('Content-Type')?.includes('json')) {
    return new Problem(response.status, fallback.title, fallback.detail)
  }
  const answer = (await response.json()) as { title?: string; detail?: string }
  const { title = fallback.title, detail = fallback.detail } = answer
  return new Problem(response.status, title, detail, answer)
}

/** What happens to batches and comics, as it happens, for every part of the page. */

import type { QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import { type FileEvent, listen, type StreamEvent, type Tell } from './stream'

const PAUSE = 1_000 // milliseconds: what happens meanwhile is told together

/** Of batches, what is asked of one alone: the third part of such a key is its number. */
const SINGLE: ReadonlySet<unknown> = new Set(['one', 'items'])

type FileListener = (events: FileEvent['data'][]) => void

const listeners = new Set<FileListener>()

/** Hear of comics whose turn in a batch has ended, at most once a second. */
export function useFileEvents(listener: FileListener): void {
  useEffect(() => {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, [listener])
}

/** Follow the server, and have what has changed asked for anew. */
export function follow(client: QueryClient): void {
  let waiting: StreamEvent[] = []
  const flush = () => {
    const told = waiting
    waiting = []
    const files = told.filter((event) => event.type === 'file_processed').map(({ data }) => data)
    const batches = new Set(told.map(({ data }) => data.batch))
    const isTold = (key: readonly unknown[]) => !SINGLE.has(key[1]) || batches.has(key[2] as number)
    void client.invalidateQueries({
      predicate: ({ queryKey }) => queryKey[0] === 'batches' && isTold(queryKey),
    })
    if (files.length === 0) return
    void client.invalidateQueries({ queryKey: ['files'] })
    void client.invalidateQueries({ queryKey: ['libraries'] }) // they count what is marked
    for (const listener of listeners) listener(files)
  }
  connect((event) => {
    if (waiting.push(event) === 1) setTimeout(flush, PAUSE)
  })
}

/** Browsers allow a host few connections, and a stream takes one for good: all tabs share theirs. */
function connect(tell: Tell): void {
  const address = new URL('api/events/stream', document.baseURI).href
  if ('SharedWorker' in globalThis) share(address, tell)
  else if ('locks' in navigator) elect(address, tell)
  else listen(address, tell)
}

function share(address: string, tell: Tell): void {
  const { port } = new SharedWorker(new URL('./stream.worker.ts', import.meta.url), { type: 'module' })
  port.onmessage = ({ data }: MessageEvent<StreamEvent>) => tell(data)
  addEventListener('pageshow', () => port.postMessage(address)) // also when Back brings a page back
  addEventListener('pagehide', () => port.postMessage(null))
  port.postMessage(address)
}

/** The tab that has the lock listens and tells the others; when it closes, another one gets the lock. */
function elect(address: string, tell: Tell): void {
  const channel = new BroadcastChannel(address)
  channel.onmessage = ({ data }: MessageEvent<StreamEvent>) => tell(data)
  void navigator.locks.request(address, () => {
    listen(address, (event) => {
      tell(event)
      channel.postMessage(event)
    })
    return new Promise(() => undefined) // the lock is kept as long as the tab is open
  })
}

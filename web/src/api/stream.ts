/** The one stream of events that all tabs share, however each of them comes to it. */

import type { Batch, Item } from './shapes'

export interface FileEvent {
  type: 'file_processed'
  data: { file: number; batch: number; filename: string; success: boolean; error: string | null; state: Item['state'] }
}

export interface BatchEvent {
  type: 'job_updated'
  data: { batch: number; state: Batch['state'] }
}

export type StreamEvent = FileEvent | BatchEvent
export type Tell = (event: StreamEvent) => void

const PATIENCE = 3_000 // milliseconds before a stream that was refused is asked for again

/** Listen to the server for as long as the page lives; after a break the stream goes on where it was. */
export function listen(address: string, tell: Tell, seen = ''): void {
  const source = new EventSource(seen ? `${address}?last_event_id=${seen}` : address)
  source.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
    seen = lastEventId || seen
    tell(JSON.parse(data) as StreamEvent)
  }
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return // the browser comes back by itself
    setTimeout(() => listen(address, tell, seen), PATIENCE)
  }
}

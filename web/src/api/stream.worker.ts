/** A worker that all tabs share: it holds the stream, and tells each tab what comes. */

import { listen, type StreamEvent } from './stream'

const tabs = new Set<MessagePort>()
let listening = false

function tell(event: StreamEvent): void {
  for (const tab of tabs) tab.postMessage(event)
}

addEventListener('connect', (event) => {
  const [tab] = (event as MessageEvent).ports
  if (!tab) return
  tab.onmessage = ({ data: address }: MessageEvent<string | null>) => {
    if (address === null) {
      tabs.delete(tab)
      return
    }
    tabs.add(tab)
    if (!listening) listen(address, tell)
    listening = true
  }
})

/** The page as an app: the browser says whether it offers that, and asks the user when it may. */

import { useSyncExternalStore } from 'react'

/** Only Chromium and its kin have it: https://wicg.github.io/manifest-incubations/ */
interface Offer extends Event {
  prompt: () => Promise<unknown>
}

let offer: Offer | null = null
const listeners = new Set<() => void>()

function put(next: Offer | null): void {
  offer = next
  for (const listener of listeners) listener()
}

addEventListener('beforeinstallprompt', (event) => put(event as Offer))
addEventListener('appinstalled', () => put(null))

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A function that asks the user to install the page; null where the browser does not offer it. */
export function useInstall(): (() => void) | null {
  const current = useSyncExternalStore(subscribe, () => offer)
  if (current === null) return null
  return () => {
    put(null) // an offer can be used once
    void current.prompt()
  }
}

/** Have the service worker keep the shell; a page without one, over plain HTTP, works as well. */
export function keepShell(): void {
  if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    addEventListener('load', () => {
      void navigator.serviceWorker.register('./sw.js').catch(() => undefined) // it is no necessity
    })
  }
}

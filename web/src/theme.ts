/** The colours of the page: chosen on one device, and kept by the server for all of them. */

import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'

import { useKeepPreferences, usePreferences } from './api/preferences'

export const THEMES = ['auto', 'light', 'dark'] as const satisfies readonly MantineColorScheme[]

/** The colours, and the way to change them here and for every device. */
export function useTheme(): [MantineColorScheme, (theme: MantineColorScheme) => void] {
  // Mantine would stop transitions with a style element, which the content security policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const keep = useKeepPreferences()
  const choose = (theme: MantineColorScheme) => {
    setColorScheme(theme)
    keep.mutate({ theme })
  }
  return [colorScheme, choose]
}

/** Take over, once, what the server keeps: it may have been chosen on another device. */
export function useKeptTheme(): void {
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const preferences = usePreferences()
  const kept = THEMES.find((theme) => theme === preferences.data?.theme)
  const taken = useRef(false)
  useEffect(() => {
    if (!kept || taken.current) return
    taken.current = true
    setColorScheme(kept)
  }, [kept, setColorScheme])
}

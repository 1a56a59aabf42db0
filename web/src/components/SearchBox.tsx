import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, type Ref, useEffect, useState } from 'react'

import { messages } from '../messages'
import type { Show } from '../useView'
import type { View } from '../view'
import classes from './SearchBox.module.css'

const PAUSE = 250 // milliseconds after the last key

interface Props {
  ref: Ref<HTMLInputElement>
  view: View
  show: Show
}

export function SearchBox({ ref, view, show }: Props) {
  const [typed, setTyped] = useState<string | null>(null) // null while the address says it all
  const value = typed ?? view.search

  useEffect(() => {
    if (typed === null) return
    const timer = setTimeout(() => {
      show({ search: typed }, { replace: view.search !== '' }) // one step back undoes the search
      setTyped(null)
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [typed, view.search, show])

  const clear = () => {
    setTyped(null)
    show({ search: '' })
  }
  const listen = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Escape') return
    if (value) clear()
    else event.currentTarget.blur()
  }

  return (
    <TextInput
      ref={ref}
      className={classes.search}
      type="text"
      aria-label={messages.search.label}
      aria-keyshortcuts="/"
      placeholder={messages.search.short}
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={listen}
      leftSection={<IconSearch size={17} stroke={1.8} />}
      rightSection={
        value ? (
          <CloseButton size="sm" aria-label={messages.search.clear} onClick={clear} />
        ) : (
          <Kbd className={classes.key} aria-hidden="true">
            /
          </Kbd>
        )
      }
    />
  )
}

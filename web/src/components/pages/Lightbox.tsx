import { ActionIcon, Modal } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useEffect, useEffectEvent, useLayoutEffect, useState } from 'react'

import { pageAddress } from '../../api/pages'
import type { FileDetails, PageEntry } from '../../api/shapes'
import { messages } from '../../messages'
import { useEscape } from '../../useEscape'
import type { Show } from '../../useView'
import classes from './Lightbox.module.css'
import { turn } from './turning'

interface Props {
  file: FileDetails
  pages: PageEntry[]
  leaf: number
  show: Show
}

const texts = messages.pages

/** One page over all of the window, and the ways to those beside it. */
export function Lightbox({ file, pages, leaf, show }: Props) {
  const last = pages.length
  const number = Math.min(leaf, last)
  const close = () => show({ leaf: null })
  const go = (key: string) => {
    const to = turn(key, number, last)
    if (to !== undefined && to !== number) show({ leaf: to }, { replace: true })
    return to !== undefined
  }
  useEscape(true, close)
  useOrigin()
  useTurning(go)
  useAhead(number < last ? pageAddress(file, number + 1) : null)
  return (
    <Modal.Root
      opened
      fullScreen
      onClose={close}
      closeOnEscape={false}
      lockScroll={false} // as in Details
      transitionProps={{ duration: 0 }}
    >
      <Modal.Content classNames={{ content: classes.box ?? '' }}>
        <div className={classes.header}>
          <Modal.Title className={classes.title}>{texts.all(file.name)}</Modal.Title>
          <span role="status">{texts.at(number, last)}</span>
          <Modal.CloseButton aria-label={texts.close} />
        </div>
        <Modal.Body className={classes.body}>
          <Turn
            label={texts.previous}
            Symbol={IconChevronLeft}
            isEnd={number === 1}
            onClick={() => go('ArrowLeft')}
          />
          <Sheet key={number} address={pageAddress(file, number)} alt={texts.of(number, file.name)} />
          <Turn
            label={texts.next}
            Symbol={IconChevronRight}
            isEnd={number === last}
            onClick={() => go('ArrowRight')}
          />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

/** Give the focus back to where it was, for the box is gone from the page as soon as it is closed. */
function useOrigin() {
  useLayoutEffect(() => {
    const origin = document.activeElement
    return () => {
      if (origin instanceof HTMLElement) queueMicrotask(() => origin.focus())
    }
  }, [])
}

interface TurnProps {
  label: string
  Symbol: typeof IconChevronLeft
  isEnd: boolean
  onClick: () => void
}

/** At an end it keeps the focus, which a disabled button would lose. */
function Turn({ label, Symbol, isEnd, onClick }: TurnProps) {
  return (
    <ActionIcon
      className={classes.turn ?? ''}
      variant="default"
      radius="xl"
      aria-label={label}
      title={label}
      aria-disabled={isEnd}
      onClick={onClick}
    >
      <Symbol size={22} stroke={1.8} />
    </ActionIcon>
  )
}

function Sheet({ address, alt }: { address: string; alt: string }) {
  const [failed, setFailed] = useState(false)
  if (failed) return <p role="alert">{texts.failed}</p>
  return <img className={classes.sheet} src={address} alt={alt} onError={() => setFailed(true)} />
}

/** Hear keys wherever the focus is: it may still be in the row below, which has a use for them, too. */
function useTurning(go: (key: string) => boolean): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !go(event.key)) return
    event.preventDefault()
    event.stopPropagation()
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => hear(event)
    addEventListener('keydown', listen, { capture: true })
    return () => removeEventListener('keydown', listen, { capture: true })
  }, [])
}

/** Have the browser fetch a page before it is turned to. */
function useAhead(address: string | null): void {
  useEffect(() => {
    if (address) new Image().src = address
  }, [address])
}

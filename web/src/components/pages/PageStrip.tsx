import { type KeyboardEvent, useState } from 'react'

import { pageAddress, usePageList } from '../../api/pages'
import type { FileDetails, PageEntry } from '../../api/shapes'
import { messages } from '../../messages'
import type { Show } from '../../useView'
import { Answer } from '../Answer'
import { Picture } from '../Cover'
import { Lightbox } from './Lightbox'
import classes from './PageStrip.module.css'
import { turn } from './turning'
import { useSeen } from './useSeen'

interface Props {
  file: FileDetails
  leaf: number | null // the page that is shown large
  show: Show
}

/** A comic's pages in a row, and above all else the one that is shown large. */
export default function PageStrip({ file, leaf, show }: Props) {
  const list = usePageList(file)
  return (
    <section>
      <h3>{messages.pages.label}</h3>
      <Answer query={list}>
        {({ pages, cover }) => (
          <>
            <Strip file={file} pages={pages} cover={cover} onOpen={(number) => show({ leaf: number })} />
            {leaf !== null && pages.length > 0 && (
              <Lightbox file={file} pages={pages} leaf={leaf} show={show} />
            )}
          </>
        )}
      </Answer>
    </section>
  )
}

interface StripProps extends Pick<Props, 'file'> {
  pages: PageEntry[]
  cover: number
  onOpen: (number: number) => void
}

/** One stop for Tab, whatever the number of pages: arrows go on from there. */
function Strip({ file, pages, cover, onOpen }: StripProps) {
  const [at, setAt] = useState(1)
  const walk = (event: KeyboardEvent<HTMLUListElement>) => {
    const to = turn(event.key, at, pages.length)
    if (to === undefined) return
    event.preventDefault()
    setAt(to)
    event.currentTarget.children[to - 1]?.querySelector('button')?.focus()
  }
  return (
    <ul className={classes.strip} aria-label={messages.pages.label} onKeyDown={walk}>
      {pages.map(({ number, name }) => (
        <li key={number} title={name}>
          <button
            type="button"
            className={classes.page}
            tabIndex={number === at ? 0 : -1}
            aria-label={messages.pages.page(number, number === cover)}
            onFocus={() => setAt(number)}
            onClick={() => onOpen(number)}
          >
            <Thumbnail address={pageAddress(file, number)} />
            {number}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** A page is sent as large as it is, so it is asked for only once its place is in sight. */
function Thumbnail({ address }: { address: string }) {
  const [frame, seen] = useSeen<HTMLSpanElement>()
  return (
    <span ref={frame} className={classes.frame}>
      {seen && <Picture address={address} alt="" />}
    </span>
  )
}

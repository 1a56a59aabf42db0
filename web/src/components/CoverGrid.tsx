import { memo, type MouseEvent } from 'react'

import type { FileEntry } from '../api/shapes'
import { messages } from '../messages'
import { isForBrowser } from '../opening'
import { useIsChosen } from '../selection'
import type { Listing } from '../useListing'
import type { Show } from '../useView'
import { DEFAULTS, writeView } from '../view'
import { Badges } from './Badges'
import { ChooseFile, useListed } from './Choosing'
import { Cover, CoverFrame } from './Cover'
import classes from './CoverGrid.module.css'
import { range } from './FileTable'

interface Props {
  show: Show
  listing: Listing
  count: number // of all comics that are listed
}

/** The list as covers, with what is to be said of each below it. */
export function CoverGrid({ show, listing, count }: Props) {
  const ids = useListed(listing.loaded)
  return (
    <ul className={classes.grid} aria-label={messages.list.label}>
      {range(listing).map((item) => {
        const file = listing.at(item)
        if (!file) return <WaitingCard key={-item} />
        return <Card key={file.id} file={file} item={item} count={count} ids={ids} show={show} />
      })}
    </ul>
  )
}

interface CardProps extends Pick<Props, 'show' | 'count'> {
  file: FileEntry
  item: number // in the list, from 0
  ids: () => number[] // of the list, in its order
}

const Card = memo(function Card({ file, item, count, ids, show }: CardProps) {
  const open = (event: MouseEvent<HTMLElement>) => {
    if (isForBrowser(event)) return
    event.preventDefault()
    show({ file: file.id })
  }
  return (
    <li
      className={classes.card}
      aria-posinset={item + 1}
      aria-setsize={count}
      data-item=""
      data-chosen={useIsChosen(file.id)}
    >
      <a
        data-opens={file.id}
        className={classes.link}
        href={writeView({ ...DEFAULTS, file: file.id })}
        title={file.name}
        onClick={open}
      >
        <Cover file={file} />
        <span className={classes.name}>{file.name}</span>
      </a>
      <span className={classes.choose}>
        <ChooseFile file={file} ids={ids} />
      </span>
      <span className={classes.status}>
        <Badges file={file} />
      </span>
    </li>
  )
})

/** The place of a comic that is on its way. */
function WaitingCard() {
  return (
    <li className={classes.card} data-item="" data-waits="">
      <span className={classes.link}>
        <CoverFrame format={null} />
        <span className={classes.name} />
      </span>
      <span className={classes.status} />
    </li>
  )
}

import type { ReactNode } from 'react'

import { messages } from '../messages'
import type { Place } from '../places'
import type { Show } from '../useView'
import { EVERYTHING } from '../view'
import { ColourScheme } from './ColourScheme'
import classes from './Header.module.css'
import { Mark } from './Mark'
import { PlaceMenu } from './Places'
import type { Totals } from './totals'

interface Props {
  totals: Totals | undefined
  place: Place
  show: Show
  children: ReactNode
}

export function Header({ totals, place, show, children }: Props) {
  return (
    <header className={classes.header}>
      <div className={classes.name}>
        <PlaceMenu place={place} show={show} />
        <Mark />
        <h1>{messages.name}</h1>
      </div>
      <Counts totals={totals} show={show} />
      {children}
      <div className={classes.colours}>
        <ColourScheme />
      </div>
    </header>
  )
}

function Counts({ totals, show }: Pick<Props, 'totals' | 'show'>) {
  if (!totals) return <p className={classes.counts} />
  return (
    <p className={classes.counts}>
      <strong>{messages.counts.all(totals.files)}</strong>
      <span>{messages.counts.unmarked(totals.unmarked)}</span>
      {totals.faulty > 0 && (
        <button type="button" onClick={() => show({ ...EVERYTHING, fault: true })}>
          {messages.counts.faulty(totals.faulty)}
        </button>
      )}
    </p>
  )
}

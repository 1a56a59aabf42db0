import { ActionIcon } from '@mantine/core'
import { IconBooks } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import { messages } from '../messages'
import type { Show } from '../useView'
import { EVERYTHING } from '../view'
import { ColourScheme } from './ColourScheme'
import classes from './Header.module.css'
import { Mark } from './Mark'
import type { Totals } from './totals'

interface Props {
  totals: Totals | undefined
  show: Show
  onLibraries: () => void
  children: ReactNode
}

export function Header({ totals, show, onLibraries, children }: Props) {
  return (
    <header className={classes.header}>
      <div className={classes.name}>
        <Mark />
        <h1>{messages.name}</h1>
      </div>
      <Counts totals={totals} show={show} />
      {children}
      <div className={classes.colours}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={messages.libraries.title}
          title={messages.libraries.title}
          onClick={onLibraries}
        >
          <IconBooks size={20} stroke={1.6} />
        </ActionIcon>
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

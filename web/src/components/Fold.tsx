import { Button } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'

import { messages } from '../messages'
import { countFilters, type View } from '../view'
import classes from './Fold.module.css'

interface Props {
  view: View
  children: ReactNode
}

/** What a phone has no room for: folded there behind a button, which tells how many filters are on. */
export function Fold({ view, children }: Props) {
  const [folded, fold] = useState(true)
  const content = useId()
  const filters = countFilters(view)
  const label = messages.tools.label(filters)
  return (
    <>
      <Button
        className={classes.button ?? ''}
        variant="default"
        aria-label={label}
        title={label}
        aria-expanded={!folded}
        aria-controls={content}
        data-filters={filters > 0}
        onClick={() => fold(!folded)}
      >
        <IconAdjustmentsHorizontal size={18} stroke={1.8} />
        {filters > 0 && <span className={classes.number}>{filters}</span>}
      </Button>
      <div id={content} className={classes.content} data-folded={folded}>
        {children}
      </div>
    </>
  )
}

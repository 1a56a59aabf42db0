import { Button, SegmentedControl } from '@mantine/core'

import { count } from '../human'
import { messages } from '../messages'
import type { Show } from '../useView'
import { type Filter, FILTERS, type View } from '../view'
import classes from './Filters.module.css'
import type { Totals } from './totals'

interface Props {
  view: View
  show: Show
  totals: Totals | undefined
}

const COUNTED: Record<Filter, keyof Totals> = {
  all: 'files',
  unmarked: 'unmarked',
  marked: 'marked',
  duplicates: 'duplicates',
}

export function Filters({ view, show, totals }: Props) {
  return (
    <div className={classes.filters}>
      <SegmentedControl<Filter>
        className={classes.marks ?? ''}
        classNames={{ indicator: classes.picked ?? '', label: classes.mark ?? '' }}
        aria-label={messages.filter.label}
        value={view.filter}
        onChange={(filter) => show({ filter })}
        transitionDuration={120}
        data={FILTERS.map((filter) => ({
          value: filter,
          label: <Counted label={messages.filter[filter]} number={totals?.[COUNTED[filter]]} />,
        }))}
      />
      <Toggle name="fault" label={messages.filter.faulty} number={totals?.faulty} view={view} show={show} />
      <Toggle name="missing" label={messages.filter.missing} number={totals?.missing} view={view} show={show} />
    </div>
  )
}

interface ToggleProps extends Pick<Props, 'view' | 'show'> {
  name: 'fault' | 'missing'
  label: string
  number: number | undefined
}

/** A filter that is on or off; where it would find nothing there is no button for it. */
function Toggle({ name, label, number, view, show }: ToggleProps) {
  const pressed = view[name]
  if (!number && !pressed) return null
  return (
    <Button
      variant={pressed ? 'filled' : 'default'}
      className={classes.toggle}
      aria-pressed={pressed}
      onClick={() => show({ [name]: !pressed })}
    >
      <Counted label={label} number={number} />
    </Button>
  )
}

function Counted({ label, number }: { label: string; number: number | undefined }) {
  return (
    <span className={classes.counted}>
      {label} {number !== undefined && <span className={classes.number}>{count(number)}</span>}
    </span>
  )
}

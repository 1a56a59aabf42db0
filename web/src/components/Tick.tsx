import type { MouseEvent } from 'react'

import classes from './Tick.module.css'

interface Props {
  label: string
  state: boolean | 'some'
  onClick: (event: MouseEvent) => void // the click says whether Shift is held, a change does not
}

/** A checkbox of the browser's own, for long lists: what is around it counts as the box. */
export function Tick({ label, state, onClick }: Props) {
  return (
    <label className={classes.tick} onClick={(event) => event.stopPropagation()}>
      <input
        ref={(box) => {
          if (box) box.indeterminate = state === 'some'
        }}
        type="checkbox"
        aria-label={label}
        checked={state === true}
        onChange={() => undefined} // React asks for it; onClick does it
        onClick={onClick}
      />
    </label>
  )
}
